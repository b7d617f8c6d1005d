import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Ports are taken from below the range from which the system picks ports for outgoing connections
 * (32768 on Linux). A client that reconnects to a stopped server on a port of that range may be given
 * that very port as its own, and then it connects to itself and keeps the server from coming back.
 */
const LOWEST = 10_000
const HIGHEST = 32_000

/**
 * Returns a port of the loopback interface that nobody listened on just now. Between this and its use
 * another process may take it, so whoever uses it must be ready to ask again.
 *
 * @param companions distances at which further ports must be free, such as a cluster bus's 10 000
 */
export async function freePort(...companions: number[]): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST)
    const wanted = [port, ...companions.map((distance) => port + distance)]
    const free = await Promise.all(wanted.map(isFree))
    if (free.every(Boolean)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
}
