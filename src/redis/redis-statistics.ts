import { infoFields } from './server-identity.js'

/**
 * Redis' own statistics: bytes, counts since its start, milliseconds. Totals of a cluster's
 * masters.
 */
export interface RedisStatistics {
  readonly connected: boolean
  /** Of the first master; empty when unknown. */
  readonly version: string
  /** Milliseconds since the start of the server; on a cluster, of the one that started last. */
  readonly uptime: number
  readonly memoryUsed: number
  readonly memoryPeak: number
  /** Ratio of the process' memory to that of its data; on a cluster the highest one. */
  readonly fragmentation: number
  readonly connections: number
  readonly keyspaceHits: number
  readonly keyspaceMisses: number
  readonly evicted: number
  readonly expired: number
}

/** Sums up the replies to `INFO` of all masters. Without replies, `connected` is false. */
export function readStatistics(replies: readonly string[]): RedisStatistics {
  const servers = replies.map(infoFields)
  const values = (name: string): number[] => servers.map((fields) => Number(fields.get(name) ?? 0))
  const sum = (name: string): number => values(name).reduce((total, value) => total + value, 0)
  return {
    connected: servers.length > 0,
    version: servers[0]?.get('redis_version') ?? '',
    uptime: servers.length === 0 ? 0 : Math.min(...values('uptime_in_seconds')) * 1_000,
    memoryUsed: sum('used_memory'),
    memoryPeak: sum('used_memory_peak'),
    fragmentation: Math.max(0, ...values('mem_fragmentation_ratio')),
    connections: sum('connected_clients'),
    keyspaceHits: sum('keyspace_hits'),
    keyspaceMisses: sum('keyspace_misses'),
    evicted: sum('evicted_keys'),
    expired: sum('expired_keys'),
  }
}
