// The server as its documentation sets it up, with the SQLite extension and otherwise its defaults. Only that it keeps its
// two prepared statements: better-sqlite3 12 brings Node 24 down when one of them is collected as garbage.
import { selectQuery, SQLite, upsertQuery } from "@hocuspocus/extension-sqlite"
import { Server } from "@hocuspocus/server"

const [port, folder] = process.argv.slice(2)

class SQLiteWithKeptStatements extends SQLite {
  async onConfigure() {
    await super.onConfigure()
    const select = this.db.prepare(selectQuery)
    const upsert = this.db.prepare(upsertQuery)
    this.configuration.fetch = async ({ documentName }) => select.get({ name: documentName })?.data ?? null
    this.configuration.store = async ({ documentName, state }) => void upsert.run({ name: documentName, data: state })
  }
}

await new Server({
  port: Number(port),
  address: "127.0.0.1",
  quiet: true,
  extensions: [new SQLiteWithKeptStatements({ database: `${folder}/documents.sqlite` })],
}).listen()
