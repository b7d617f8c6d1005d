import { infoFields } from './server-identity.js'

/** What Redis tells of itself. Bytes, counts since its start, milliseconds; of a cluster's masters together. */
export interface RedisStatistics {
  readonly connected: boolean
  /** Empty when it is not told. */
  readonly version: string
  readonly uptime: number
  readonly memoryUsed: number
  readonly memoryPeak: number
  /** How much more memory the process has than its data needs; on a cluster the worst of all. */
  readonly fragmentation: number
  readonly connections: number
  readonly keyspaceHits: number
  readonly keyspaceMisses: number
  readonly evicted: number
  readonly expired: number
}

/** Sums up the replies to `INFO` of all masters; none when Redis cannot be asked. */
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
