// The package's own server, told by the environment where to listen and where to keep its LevelDB. It has no way to be
// stopped but a signal, and does not handle any.
const [port, folder] = process.argv.slice(2)

process.env.HOST = "127.0.0.1"
process.env.PORT = port
process.env.YPERSISTENCE = `${folder}/level`
await import(new URL("node_modules/@y/websocket-server/src/server.js", import.meta.url))
