import type { Socket } from 'node:net'

import { ConnectionFailure } from './redaction.js'
import type { ClientFactory, ConnectorLike, RedisLike } from './redis-like.js'

/**
 * ioredis speaks the protocol and keeps the order of replies; the rest is ours. It gets a connected
 * socket and loses it once: it never reconnects, never queues, never sends anything by itself, and
 * no setting of it holds a password.
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
  // Replies have one shape in the second version of the protocol, whichever major of ioredis it is.
  protocol: 2,
  replyMapping: 'legacy',
  stringNumbers: false,
  keepAlive: 5_000,
  noDelay: true,
  // What a client of the user may bring along.
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
 * A client of ioredis on a socket that is connected already.
 *
 * @throws ConnectionFailure when the driver makes none
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
 * The parser of ioredis 5 ends the process by a stack overflow when a reply is nested deeply enough.
 * What any parser throws ends its connection and nothing else.
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
