import type { ResolvedCacheOptions } from '../cache-options.js'
import type { Names } from '../keys/names.js'
import type { SharedTier } from '../tiers/shared-tier.js'
import type { ConnectionListener } from './connection-event.js'
import { RedisConnections } from './redis-connections.js'
import type { RedisInput } from './redis-options.js'
import { RedisStore } from './redis-store.js'

/** Approximate number of messages that the log keeps: how far a reader may fall behind. */
const LOG_LENGTH = 10_000

/** Creates the shared tier on Redis. It connects in the background. */
export function openRedisTier(
  redis: RedisInput,
  options: ResolvedCacheOptions,
  names: Names,
  onEvent: ConnectionListener,
): SharedTier {
  const { clock, prefix, readTimeout, writeTimeout } = options
  const connections = new RedisConnections({ redis, prefix, clock, random: Math.random, onEvent })
  const limits = { names, readTimeout, writeTimeout, logLength: LOG_LENGTH }
  return {
    store: new RedisStore({ ...limits, link: connections.link }),
    duringRecovery: new RedisStore({ ...limits, link: connections.duringRecovery }),
    openLog: () => connections.openLog({ log: names.logStream, tail: names.logTail }),
    onRecover: (handler) => connections.onRecover((change) => handler(change === 'changed')),
    get isReady() {
      return connections.isReady
    },
    get refusal() {
      return connections.refusal
    },
    whenReady: (timeout) => connections.whenReady(timeout),
    statistics: () => connections.statistics(),
    close: () => connections.close(),
  }
}
