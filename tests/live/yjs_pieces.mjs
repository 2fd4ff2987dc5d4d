// Writes what a browser sends after a long time without a network: one JSON object a line, {seen: the update that the server
// has, pieces: [base64], text}. Usage: node yjs_pieces.mjs SEED COUNT LARGEST
import * as Y from 'yjs'
import { piecesOf } from '../../static/js/editor/pieces.js'

let seed = Number(process.argv[2])
const count = Number(process.argv[3])
const largest = Number(process.argv[4])

function random() {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}
const below = (limit) => Math.floor(random() * limit)
const base64 = (bytes) => Buffer.from(bytes).toString('base64')

function edit(doc) {
  const text = doc.getText('summary')
  const words = ['words ', '😀', '漢字', 'a\n', 'x'.repeat(below(300))][below(5)]
  const whole = (index) => (index > 0 && text.toString().charCodeAt(index - 1) >> 10 === 0x36 ? index - 1 : index)
  const at = whole(below(text.length + 1))
  if (random() < 0.25 && text.length) text.delete(at, whole(Math.min(text.length, at + 1 + below(20))) - at)
  else text.insert(at, words)
}

function writeHistory() {
  // Three pages of one person write onto one device, now and then seeing each other's words; the server saw the beginning.
  const docs = [0, 1, 2].map((number) => Object.assign(new Y.Doc(), { clientID: 1000 * (1 + below(1000)) + number }))
  const exchange = (from, to) => Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)))
  for (let step = 0; step < 10; step++) edit(docs[0])
  const server = new Y.Doc()
  exchange(docs[0], server)
  for (let step = 0; step < 120; step++) {
    edit(docs[below(3)])
    if (random() < 0.3) exchange(docs[below(3)], docs[below(3)])
  }
  exchange(docs[1], docs[0])
  exchange(docs[2], docs[0])
  const lacking = Y.encodeStateAsUpdate(docs[0], Y.encodeStateVector(server))
  return { server, pieces: piecesOf(lacking, largest), text: docs[0].getText('summary').toString() }
}

function writePaste() {
  const doc = new Y.Doc()
  const server = new Y.Doc()
  const text = doc.getText('summary')
  text.insert(0, 'before after')
  Y.applyUpdate(server, Y.encodeStateAsUpdate(doc))
  text.insert(7, '😀'.repeat(200_000) + 'log line\n'.repeat(150_000))
  text.delete(3, 9)
  const lacking = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server))
  return { server, pieces: piecesOf(lacking), text: text.toString() }
}

for (const { server, pieces, text } of [...Array.from({ length: count }, writeHistory), writePaste()]) {
  console.log(JSON.stringify({ seen: base64(Y.encodeStateAsUpdate(server)), pieces: pieces.map(base64), text }))
}
