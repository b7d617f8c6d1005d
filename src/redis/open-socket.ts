import { lookup as dnsLookup, type LookupAllOptions, type LookupOneOptions } from 'node:dns'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls'

import type { Endpoint } from './endpoint.js'
import { ConnectionFailure, connectionFailure } from './redaction.js'

export interface SocketOptions {
  /** undefined for a connection without TLS. */
  readonly tls: ConnectionOptions | undefined
  /** 4 or 6 to look up addresses of that family only; 0 for both. */
  readonly family: number
  readonly lookup: LookupFunction
}

/**
 * Connects a socket, including the TLS handshake and certificate verification. We do this instead
 * of ioredis so that an attempt can be aborted at any time without leaving anything behind.
 *
 * @throws ConnectionFailure
 */
export function openSocket(
  endpoint: Endpoint,
  options: SocketOptions,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = start(endpoint, options)
    const abort = (): void => {
      const isConnected = !socket.connecting && options.tls !== undefined
      // A server without TLS waits for more input, as we do, so the handshake hangs.
      fail(isConnected ? new ConnectionFailure('tls', 'HANDSHAKE_TIMEOUT') : signal.reason)
    }
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', abort)
      // An abandoned socket may still emit errors.
      socket.on('error', ignore)
      socket.destroy()
      reject(connectionFailure(error))
    }
    signal.addEventListener('abort', abort)
    socket.once('error', fail)
    socket.once('close', fail)
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', fail)
      socket.off('close', fail)
      resolve(socket)
    })
  })
}

/**
 * Returns a `dns.lookup` that shares concurrent lookups of one host. A lookup cannot be cancelled
 * and occupies a thread of Node's pool of four. With slow DNS, one lookup per attempt would soon
 * leave no thread for the application's file access and cryptography.
 */
export function sharedLookup(): LookupFunction {
  const running = new Map<string, ((...results: LookupResults) => void)[]>()
  return (host, options, callback) => {
    const key = `${host} ${options.family ?? 0} ${options.all ?? false} ${options.hints ?? 0}`
    const present = running.get(key)
    if (present !== undefined) {
      present.push(callback)
      return
    }
    const callbacks = [callback]
    running.set(key, callbacks)
    dnsLookup(host, options as LookupOneOptions & LookupAllOptions, (...results: unknown[]) => {
      running.delete(key)
      for (const each of callbacks) each(...(results as LookupResults))
    })
  }
}

type LookupResults = Parameters<Parameters<LookupFunction>[2]>

function start({ host, port, path }: Endpoint, { tls, family, lookup }: SocketOptions): Socket {
  const target = path === undefined ? { host, port, family, lookup } : { path }
  if (tls === undefined) return connect(target)
  const servername = isIP(host) === 0 && path === undefined ? { servername: host } : {}
  return connectSecurely({ ...servername, ...tls, ...target })
}

function ignore(): void {
  // The socket was destroyed on purpose.
}
