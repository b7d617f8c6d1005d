import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

import { freePort } from './free-port.js'

/** A server that sends back what it gets, and shows it. */
export interface EchoServer {
  readonly port: number
  /** All that came, from all who connected. */
  readonly received: string
  /** The newest connection. */
  lastSocket(): Socket
  /** Sends `text` unasked on the newest connection. */
  say(text: string): void
  close(): Promise<void>
}

/** Starts an echo on a free port of the loopback interface. */
export async function startEcho(): Promise<EchoServer> {
  const sockets: Socket[] = []
  let received = ''
  const server: Server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      received += bytes.toString()
      socket.write(bytes)
    })
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const last = (): Socket => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('nobody has connected')
    return socket
  }
  return {
    port,
    get received() {
      return received
    },
    lastSocket: last,
    say: (text) => {
      last().write(text)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
