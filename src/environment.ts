import type { CacheOptions, MemoryOptions } from './cache-options.js'
import type { Duration } from './duration.js'
import { toMilliseconds } from './duration.js'
import { CacheConfigurationError } from './errors.js'
import { validPrefix } from './keys/names.js'
import type { EntryOptions } from './options/entry-options.js'
import type { RedisConnectionOptions, RedisSentinelOptions } from './redis/redis-options.js'

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>

/** Options while they are gathered. */
type Draft<Options> = { -readonly [Name in keyof Options]: Options[Name] }

/**
 * Returns the cache options that environment variables set. Options without a variable are left
 * out, so the result can be spread: `{ ...cacheOptionsFromEnvironment(), prefix: 'shop' }`.
 *
 * | variable | option |
 * | --- | --- |
 * | `REDIS_URL` | `redis.url`; or single parts: `REDIS_HOST`, `REDIS_PORT`, `REDIS_USERNAME`, `REDIS_PASSWORD`, `REDIS_DB`, `REDIS_TLS` |
 * | `REDIS_CLUSTER_NODES` | `redis.cluster`: `host:port,host:port`; or `REDIS_CLUSTER=true` with `REDIS_HOST` and `REDIS_PORT` |
 * | `REDIS_SENTINEL_NODES`, `REDIS_SENTINEL_NAME`, `REDIS_SENTINEL_USERNAME`, `REDIS_SENTINEL_PASSWORD` | `redis.sentinel` |
 * | `CACHE_ENABLED` | `enabled` |
 * | `CACHE_PREFIX` | `prefix` |
 * | `CACHE_TTL` | `defaults.ttl`: `5m`, or milliseconds |
 * | `CACHE_MAX_ITEMS`, `CACHE_MAX_BYTES` | `memory` |
 * | `CACHE_COMPRESSION` | `defaults.compressAbove`: bytes, `true`, or `false` |
 * | `CACHE_PRESET`, else `NODE_ENV` | `test`: no Redis, 1,000 items at most, no jitter; `development`: a ttl of 10 s; `production`, and any other `NODE_ENV`: no change |
 *
 * @param environment @default process.env
 * @throws CacheConfigurationError naming the variable and what it accepts; never shows a password
 */
export function cacheOptionsFromEnvironment(environment: Environment = process.env): CacheOptions {
  const read = new Variables(environment)
  const preset = presetOf(read)
  const options: Draft<CacheOptions> = {}
  const redis = redisFrom(read)
  if (redis !== undefined && preset.usesRedis) options.redis = redis
  const prefix = read.text('CACHE_PREFIX')
  if (prefix !== undefined) options.prefix = validPrefix(prefix, 'CACHE_PREFIX')
  const isEnabled = read.flag('CACHE_ENABLED')
  if (isEnabled !== undefined) options.enabled = isEnabled
  const memory = { ...preset.memory, ...memoryFrom(read) }
  if (Object.keys(memory).length > 0) options.memory = memory
  const defaults = { ...preset.defaults, ...defaultsFrom(read) }
  if (Object.keys(defaults).length > 0) options.defaults = defaults
  return options
}

interface Preset {
  readonly usesRedis: boolean
  readonly memory: MemoryOptions
  readonly defaults: EntryOptions
}

const NEUTRAL: Preset = { usesRedis: true, memory: {}, defaults: {} }

/**
 * Tests want predictable results and development wants fresh ones; production sets its own options.
 */
const PRESETS: Readonly<Record<string, Preset>> = {
  test: { usesRedis: false, memory: { maxItems: 1_000 }, defaults: { jitter: 0 } },
  development: { usesRedis: true, memory: {}, defaults: { ttl: '10s' } },
  production: NEUTRAL,
}

/**
 * Returns the preset that `CACHE_PRESET` or else `NODE_ENV` names. Only the former is checked,
 * since `NODE_ENV` may hold any value.
 */
function presetOf(read: Variables): Preset {
  const name = read.text('CACHE_PRESET')
  if (name !== undefined && !Object.hasOwn(PRESETS, name)) {
    throw new CacheConfigurationError('CACHE_PRESET', Object.keys(PRESETS).join(' or '), name)
  }
  const chosen = name ?? read.text('NODE_ENV') ?? ''
  return Object.hasOwn(PRESETS, chosen) ? (PRESETS[chosen] ?? NEUTRAL) : NEUTRAL
}

function redisFrom(read: Variables): RedisConnectionOptions | undefined {
  const options: Draft<RedisConnectionOptions> = {}
  const url = read.text('REDIS_URL')
  const host = read.text('REDIS_HOST')
  const port = portFrom(read)
  const username = read.text('REDIS_USERNAME')
  const password = read.text('REDIS_PASSWORD')
  const db = read.whole('REDIS_DB', 0)
  const tls = read.flag('REDIS_TLS')
  const cluster = clusterFrom(read, host, port)
  const sentinel = sentinelFrom(read)
  if (url === undefined && host === undefined && !cluster && !sentinel) {
    refuseParts(read, { port, username, password, db, tls })
    return undefined
  }
  if (url !== undefined) options.url = url
  if (host !== undefined && cluster === undefined) options.host = host
  if (port !== undefined && cluster === undefined) options.port = port
  if (username !== undefined) options.username = username
  if (password !== undefined) options.password = password
  if (db !== undefined) options.db = db
  if (tls !== undefined) options.tls = tls
  if (cluster !== undefined) options.cluster = cluster
  if (sentinel !== undefined) options.sentinel = sentinel
  return options
}

/**
 * Returns `REDIS_PORT`. Kubernetes sets this variable to `tcp://…` for a service called redis; that
 * value is ignored.
 */
function portFrom(read: Variables): number | undefined {
  return read.text('REDIS_PORT')?.includes('://') === true ? undefined : read.whole('REDIS_PORT', 1)
}

/**
 * Refuses connection settings without an address: to ignore them would silently run without Redis.
 */
function refuseParts(read: Variables, parts: Readonly<Record<string, unknown>>): void {
  const name = Object.keys(parts).find((part) => parts[part] !== undefined && parts[part] !== false)
  const variable =
    name === undefined
      ? SENTINEL_PARTS.find((part) => read.text(part) !== undefined)
      : `REDIS_${name.toUpperCase()}`
  if (variable === undefined) return
  const where = 'REDIS_URL, REDIS_HOST, REDIS_CLUSTER_NODES or REDIS_SENTINEL_NODES'
  throw new CacheConfigurationError(variable, `it needs the address of Redis; set ${where} too`)
}

const SENTINEL_PARTS = [
  'REDIS_SENTINEL_NAME',
  'REDIS_SENTINEL_USERNAME',
  'REDIS_SENTINEL_PASSWORD',
] as const

function clusterFrom(
  read: Variables,
  host: string | undefined,
  port: number | undefined,
): RedisConnectionOptions['cluster'] {
  const nodes = read.list('REDIS_CLUSTER_NODES')
  if (nodes !== undefined) return nodes
  if (read.flag('REDIS_CLUSTER') !== true) return undefined
  if (host !== undefined) return [port === undefined ? { host } : { host, port }]
  throw new CacheConfigurationError(
    'REDIS_CLUSTER',
    'REDIS_CLUSTER_NODES, or REDIS_HOST with one of the nodes',
    undefined,
  )
}

function sentinelFrom(read: Variables): RedisSentinelOptions | undefined {
  const nodes = read.list('REDIS_SENTINEL_NODES')
  if (nodes === undefined) return undefined
  const sentinel: Draft<RedisSentinelOptions> = {
    name: read.text('REDIS_SENTINEL_NAME') ?? 'mymaster',
    nodes,
  }
  const username = read.text('REDIS_SENTINEL_USERNAME')
  const password = read.text('REDIS_SENTINEL_PASSWORD')
  if (username !== undefined) sentinel.username = username
  if (password !== undefined) sentinel.password = password
  return sentinel
}

function memoryFrom(read: Variables): MemoryOptions {
  const memory: Draft<MemoryOptions> = {}
  const maxItems = read.whole('CACHE_MAX_ITEMS', 1)
  const maxBytes = read.whole('CACHE_MAX_BYTES', 1)
  if (maxItems !== undefined) memory.maxItems = maxItems
  if (maxBytes !== undefined) memory.maxBytes = maxBytes
  return memory
}

function defaultsFrom(read: Variables): EntryOptions {
  const defaults: Draft<EntryOptions> = {}
  const ttl = read.duration('CACHE_TTL')
  const compressAbove = read.compression('CACHE_COMPRESSION')
  if (ttl !== undefined) defaults.ttl = ttl
  if (compressAbove !== undefined) defaults.compressAbove = compressAbove
  return defaults
}

/** Smallest payload, in bytes, that `CACHE_COMPRESSION=true` compresses. */
const COMPRESS_ABOVE = 8_192

/** Reads variables and checks their values. An empty variable counts as not set. */
class Variables {
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  text(name: string): string | undefined {
    const value = this.#environment[name]?.trim()
    return value === '' ? undefined : value
  }

  list(name: string): string[] | undefined {
    const parts = this.text(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
    return parts === undefined || parts.length === 0 ? undefined : parts
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined) return undefined
    if (['true', '1', 'yes', 'on'].includes(value)) return true
    if (['false', '0', 'no', 'off'].includes(value)) return false
    throw new CacheConfigurationError(name, 'true or false', value)
  }

  whole(name: string, least: number): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least) return number
    throw new CacheConfigurationError(name, `a whole number of ${least} or more`, value)
  }

  duration(name: string): Duration | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    return toMilliseconds(/^\d+$/.test(value) ? Number(value) : (value as Duration), name)
  }

  compression(name: string): number | false | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (/^\d{2,15}$/.test(value)) return Number(value)
    return this.flag(name) === true ? COMPRESS_ABOVE : false
  }
}
