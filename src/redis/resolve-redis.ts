import { toMilliseconds } from '../duration.js'
import { CacheConfigurationError, kindOf } from '../errors.js'
import { existingOption } from '../existing-option.js'
import { accessOf } from './access-of.js'
import { integerOption } from './integer-option.js'
import { sharedLookup } from './open-socket.js'
import { readAddress, readAddresses } from './read-address.js'
import { type ClientFactory, isClient } from './redis-like.js'
import type { RedisConnectionOptions, RedisInput } from './redis-options.js'
import {
  type Access,
  CONNECT_TIMEOUT,
  REDIS_PORT,
  type RedisTarget,
  SENTINEL_PORT,
  type Topology,
  warningsAbout,
} from './redis-target.js'
import { readRedisUrl } from './redis-url.js'
import { resolveClient } from './resolve-client.js'

const OPTIONS: readonly string[] = [
  'url',
  'host',
  'port',
  'path',
  'username',
  'password',
  'db',
  'tls',
  'dangerouslyAllowInsecureTls',
  'cluster',
  'sentinel',
  'natMap',
  'connectTimeout',
  'lookup',
] satisfies (keyof RedisConnectionOptions)[]

/**
 * Validates the location of Redis and fills in the defaults. Connects to nothing.
 *
 * @param loadDriver loads ioredis. Called here, because a failure during the first connection would
 *   be blamed on Redis. Not called for a client of the user's, which provides its own constructor.
 * @throws CacheConfigurationError, without the value where it may contain a password
 */
export function resolveRedis(input: RedisInput, loadDriver: () => ClientFactory): RedisTarget {
  if (typeof input === 'string') return resolveOptions({ url: input }, loadDriver())
  if (isClient(input)) return resolveClient(input, loadDriver)
  if (typeof input !== 'object' || input === null || Array.isArray(input) || input instanceof URL) {
    throw new CacheConfigurationError('redis', EXPECTED, kindOf(input))
  }
  return resolveOptions(input, loadDriver())
}

function resolveOptions(input: RedisConnectionOptions, createClient: ClientFactory): RedisTarget {
  for (const name of Object.keys(input)) {
    if (OPTIONS.includes(name)) continue
    throw new CacheConfigurationError(`redis.${name}`, existingOption(name, OPTIONS))
  }
  refuseWrongKinds(input)
  const options = { ...(input.url === undefined ? {} : readRedisUrl(input.url)), ...defined(input) }
  const isInsecure = options.dangerouslyAllowInsecureTls === true
  const access = accessOf('redis', options, isInsecure)
  const natMap = new Map(
    Object.entries(options.natMap ?? {}).map(([from, to]) => [
      from,
      readAddress(`redis.natMap['${from}']`, to, REDIS_PORT),
    ]),
  )
  const topology = topologyOf(options, access)
  return {
    topology,
    access,
    database: integerOption('redis.db', options.db ?? 0, 0, 1_000_000),
    natMap: (address) => natMap.get(address),
    connectTimeout: Math.max(
      50,
      toMilliseconds(options.connectTimeout ?? CONNECT_TIMEOUT, 'redis.connectTimeout'),
    ),
    family: 0,
    lookup: options.lookup ?? sharedLookup(),
    createClient,
    warnings: warningsAbout(access, topology),
  }
}

const EXPECTED =
  "a URL such as 'redis://localhost:6379', options such as { host: 'localhost', port: 6379 }, or an " +
  'ioredis client'

/** Rejects values of a wrong type, which would be ignored or fail while connecting. */
function refuseWrongKinds(input: RedisConnectionOptions): void {
  if (Object.keys(defined(input)).length === 0) {
    // For instance { host: process.env.REDIS_HOST } with the variable unset, which does not mean
    // localhost.
    throw new CacheConfigurationError('redis', `expected ${EXPECTED}, got options without a value`)
  }
  const kinds = [
    ['path', 'string', 'the path of a Unix socket'],
    ['dangerouslyAllowInsecureTls', 'boolean', 'true or false'],
    ['lookup', 'function', 'a function such as dns.lookup'],
    ['natMap', 'object', 'an object that maps addresses to addresses'],
    ['sentinel', 'object', "an object such as { name: 'mymaster', nodes: ['localhost:26379'] }"],
  ] as const
  for (const [name, kind, expected] of kinds) {
    const value: unknown = input[name]
    if (value === undefined || (typeof value === kind && value !== null)) continue
    throw new CacheConfigurationError(`redis.${name}`, expected, kindOf(value))
  }
}

function topologyOf(options: RedisConnectionOptions, access: Access): Topology {
  const { cluster, sentinel } = options
  if (cluster !== undefined && sentinel !== undefined) {
    throw new CacheConfigurationError('redis', 'either `cluster` or `sentinel`', 'both')
  }
  if (cluster !== undefined) {
    if ((options.db ?? 0) !== 0) {
      throw new CacheConfigurationError('redis.db', '0, the only database of a cluster', options.db)
    }
    return { kind: 'cluster', seeds: readAddresses('redis.cluster', cluster, REDIS_PORT) }
  }
  if (sentinel === undefined) {
    const { host = '127.0.0.1', port, path } = options
    const address = readAddress('redis', port === undefined ? { host } : { host, port }, REDIS_PORT)
    return { kind: 'single', endpoint: { ...address, path } }
  }
  if (typeof sentinel.name !== 'string' || sentinel.name === '') {
    throw new CacheConfigurationError(
      'redis.sentinel.name',
      'the name of the master',
      sentinel.name,
    )
  }
  const own = accessOf('redis.sentinel', sentinel, options.dangerouslyAllowInsecureTls === true)
  return {
    kind: 'sentinel',
    master: sentinel.name,
    nodes: readAddresses('redis.sentinel.nodes', sentinel.nodes, SENTINEL_PORT),
    access: sentinel.tls === undefined ? { ...own, tls: access.tls } : own,
  }
}

/** Removes options that are undefined. */
function defined(options: RedisConnectionOptions): RedisConnectionOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
