import type { Socket } from 'node:net'

import { ConnectionFailure } from './redaction.js'
import type { ClientFactory, ConnectorLike, RedisLike } from './redis-like.js'

/**
 * ioredis encodes commands and matches replies to them; we do the rest. A client is given a
 * connected socket, which it uses until the connection ends. It never reconnects, never queues and
 * never sends anything on its own, and none of its settings contains a password.
 */
const CLIENT_SETTINGS = {
  lazyConnect: true,
  retryStrategy: null,
  enableReadyCheck: false,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableAutoPipelining: false,
  disableClientInfo: true,
  reconnectOnError: null,
  // RESP2 replies have the same shape in every major version of ioredis.
  protocol: 2,
  replyMapping: 'legacy',
  stringNumbers: false,
  keepAlive: 5_000,
  noDelay: true,
  // Resets what a client of the user's may carry over to its duplicates.
  keyPrefix: '',
  readOnly: false,
  monitor: false,
  connectionName: null,
  username: null,
  password: null,
  db: 0,
  tls: undefined,
  sentinels: null,
  commandTimeout: undefined,
  socketTimeout: undefined,
  blockingTimeout: undefined,
  scripts: undefined,
  himportFieldsets: undefined,
  showFriendlyErrorStack: false,
}

/**
 * Creates an ioredis client on a connected socket.
 *
 * @throws ConnectionFailure when the driver fails to create it
 */
export function clientOn(socket: Socket, createClient: ClientFactory): RedisLike {
  class ConnectedSocket implements ConnectorLike {
    connect(): Promise<Socket> {
      return Promise.resolve(socket)
    }

    disconnect(): void {
      socket.destroy()
    }

    check(): boolean {
      return true
    }
  }
  guardParser(socket)
  try {
    return createClient({ ...CLIENT_SETTINGS, Connector: ConnectedSocket })
  } catch {
    socket.destroy()
    throw new ConnectionFailure('driver')
  }
}

/**
 * Makes an exception in the parser end its connection and nothing else. The parser of ioredis 5
 * overflows the stack, and so ends the process, when a reply is nested deeply enough.
 */
function guardParser(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean
  socket.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...args)
    try {
      return emit(event, ...args)
    } catch {
      socket.destroy(new ConnectionFailure('protocol'))
      return true
    }
  }
}
