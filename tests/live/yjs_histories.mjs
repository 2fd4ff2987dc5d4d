// Writes histories of three people typing at once, as Yjs itself makes them: one JSON object a line,
// {updates: [base64], text: the text that every replica ended with}.
// Usage: node yjs_histories.mjs SEED COUNT [MAX_EDITS]
import * as Y from 'yjs'

const LETTERS = ['a', 'b', 'é', '😀', '\n', '👩‍💻', 'words ', '漢']
let seed = Number(process.argv[2])
const count = Number(process.argv[3])
const edits = Number(process.argv[4] ?? 60)

function random() {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}

const below = (limit) => Math.floor(random() * limit)

// An editor never cuts a surrogate pair in two.
function whole(text, index) {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit < 0xe000 ? index - 1 : index
}

function edit(doc) {
  const text = doc.getText('summary')
  const now = text.toString()
  if (random() < 0.72 || now.length < 4) {
    text.insert(whole(now, below(now.length + 1)), LETTERS[below(LETTERS.length)])
    return
  }
  const from = whole(now, below(now.length - 2))
  const to = whole(now, Math.min(now.length, from + 1 + below(4)))
  if (to > from) text.delete(from, to - from)
}

function sync(from, to) {
  Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)))
}

function history(number) {
  const updates = []
  const docs = [0, 1, 2].map((replica) => {
    const doc = new Y.Doc()
    doc.clientID = 1000 + number * 3 + replica
    doc.on('update', (update, origin, _doc, transaction) => {
      if (transaction.local) updates.push(Buffer.from(update).toString('base64'))
    })
    return doc
  })
  for (let i = 0; i < edits; i++) {
    edit(docs[below(3)])
    if (random() < 0.25) sync(docs[below(3)], docs[below(3)])
  }
  for (let round = 0; round < 2; round++) {
    for (const from of docs) for (const to of docs) if (from !== to) sync(from, to)
  }
  const texts = new Set(docs.map((doc) => doc.getText('summary').toString()))
  if (texts.size !== 1) throw new Error(`Yjs replicas differ in history ${number}`)
  return { updates, text: [...texts][0] }
}

for (let number = 0; number < count; number++) console.log(JSON.stringify(history(number)))
