import type { ConnectionOptions as TlsOptions } from 'node:tls'

import { toMilliseconds } from '../duration.js'
import { CacheConfigurationError, kindOf } from '../errors.js'
import { type Endpoint, sharedLookup } from './open-socket.js'
import { readRedisUrl } from './redis-url.js'
import { isClient, type ClientFactory } from './redis-like.js'
import type {
  CredentialsCallback,
  RedisAddress,
  RedisConnectionOptions,
  RedisInput,
} from './redis-options.js'
import {
  type Access,
  CONNECT_TIMEOUT,
  type CredentialsSource,
  INSECURE_TLS,
  REDIS_PORT,
  type RedisTarget,
  SENTINEL_PORT,
  type Topology,
} from './redis-target.js'
import { resolveClient } from './resolve-client.js'

const OPTIONS: ReadonlySet<string> = new Set<keyof RedisConnectionOptions>([
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
])

/**
 * Checks where Redis is said to be, and fills in the defaults. Connects to nothing.
 *
 * @param loadDriver loads ioredis: now, for in the middle of a first connection it would be blamed on
 *   Redis. Not called for a client of the user, which brings its own.
 * @throws CacheConfigurationError without the value where it may hold a password
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
    if (!OPTIONS.has(name)) throw new CacheConfigurationError(`redis.${name}`, 'no such option')
  }
  refuseWrongKinds(input)
  const options = { ...(input.url === undefined ? {} : readRedisUrl(input.url)), ...defined(input) }
  const isInsecure = options.dangerouslyAllowInsecureTls === true
  const access: Access = {
    credentials: credentialsOf('redis', options.username, options.password),
    mayChange: typeof options.password === 'function',
    tls: tlsOf('redis.tls', options.tls, isInsecure),
  }
  const natMap = new Map(
    Object.entries(options.natMap ?? {}).map(([from, to]) => [
      from,
      addressOf(`redis.natMap['${from}']`, to, REDIS_PORT),
    ]),
  )
  return {
    topology: topologyOf(options, access),
    access,
    database: integer('redis.db', options.db ?? 0, 0, 1_000_000),
    natMap: (address) => natMap.get(address),
    connectTimeout: Math.max(
      50,
      toMilliseconds(options.connectTimeout ?? CONNECT_TIMEOUT, 'redis.connectTimeout'),
    ),
    family: 0,
    lookup: options.lookup ?? sharedLookup(),
    createClient,
    warnings: isInsecure && access.tls !== undefined ? [INSECURE_TLS] : [],
  }
}

const EXPECTED =
  "a URL such as 'redis://localhost:6379', options such as { host: 'localhost', port: 6379 }, or an " +
  'ioredis client'

/** What has a wrong kind, and would be ignored or fail in the middle of a connection. */
function refuseWrongKinds(input: RedisConnectionOptions): void {
  if (Object.keys(defined(input)).length === 0) {
    // Such as { host: process.env.REDIS_HOST } where there is none: nobody means this machine by it.
    throw new CacheConfigurationError('redis', `expected ${EXPECTED}, got options that say nothing`)
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
    return { kind: 'cluster', seeds: addressesOf('redis.cluster', cluster, REDIS_PORT) }
  }
  if (sentinel === undefined) {
    const { host = '127.0.0.1', port, path } = options
    const address = addressOf('redis', port === undefined ? { host } : { host, port }, REDIS_PORT)
    return { kind: 'single', endpoint: { ...address, path } }
  }
  if (typeof sentinel.name !== 'string' || sentinel.name === '') {
    throw new CacheConfigurationError(
      'redis.sentinel.name',
      'the name of the master',
      sentinel.name,
    )
  }
  const tls =
    sentinel.tls === undefined
      ? access.tls
      : tlsOf('redis.sentinel.tls', sentinel.tls, options.dangerouslyAllowInsecureTls === true)
  return {
    kind: 'sentinel',
    master: sentinel.name,
    nodes: addressesOf('redis.sentinel.nodes', sentinel.nodes, SENTINEL_PORT),
    access: {
      credentials: credentialsOf('redis.sentinel', sentinel.username, sentinel.password),
      mayChange: typeof sentinel.password === 'function',
      tls,
    },
  }
}

function credentialsOf(
  option: string,
  username: string | undefined,
  password: string | CredentialsCallback | undefined,
): CredentialsSource {
  if (username !== undefined && typeof username !== 'string') {
    throw new CacheConfigurationError(`${option}.username`, 'a text', kindOf(username))
  }
  if (password === undefined) return () => Promise.resolve(undefined)
  if (typeof password === 'string') return () => Promise.resolve({ username, password })
  if (typeof password !== 'function') {
    throw new CacheConfigurationError(
      `${option}.password`,
      'a text or a function',
      kindOf(password),
    )
  }
  return async () => {
    const answer = await password()
    return typeof answer === 'string' ? { username, password: answer } : { username, ...answer }
  }
}

function tlsOf(
  option: string,
  tls: boolean | TlsOptions | undefined,
  isInsecure: boolean,
): TlsOptions | undefined {
  if (tls === undefined || tls === false) return undefined
  if (tls !== true && (typeof tls !== 'object' || tls === null)) {
    throw new CacheConfigurationError(
      option,
      'true, false or the options of tls.connect',
      kindOf(tls),
    )
  }
  const options = tls === true ? {} : tls
  if (options.rejectUnauthorized === false && !isInsecure) {
    throw new CacheConfigurationError(
      `${option}.rejectUnauthorized`,
      'verification, or the option dangerouslyAllowInsecureTls',
      false,
    )
  }
  return isInsecure ? { ...options, rejectUnauthorized: false } : options
}

function addressesOf(
  option: string,
  addresses: readonly (string | RedisAddress)[],
  port: number,
): Endpoint[] {
  if (!Array.isArray(addresses) || addresses.length === 0) {
    throw new CacheConfigurationError(
      option,
      "a list of addresses such as ['localhost:6379']",
      kindOf(addresses),
    )
  }
  return addresses.map((address: string | RedisAddress, index) =>
    addressOf(`${option}[${index}]`, address, port),
  )
}

function addressOf(option: string, address: string | RedisAddress, port: number): Endpoint {
  if (typeof address === 'string')
    return addressOf(option, parseAddress(option, address, port), port)
  if (
    typeof address !== 'object' ||
    address === null ||
    typeof address.host !== 'string' ||
    !/^[\w.:%-]{1,255}$/.test(address.host) ||
    /^[^:]*:\d+$/.test(address.host)
  ) {
    throw new CacheConfigurationError(
      `${option}.host`,
      "the name or address of a host, without scheme and port, such as 'localhost'",
      kindOf(isObject(address) ? address.host : address),
    )
  }
  return {
    host: address.host,
    port: integer(`${option}.port`, address.port ?? port, 1, 65_535),
  }
}

/** `host`, `host:port`, `[::1]:port` or a URL without anything else in it. */
function parseAddress(option: string, address: string, port: number): RedisAddress {
  if (address.includes('://')) {
    const { host = '', port: urlPort = port } = readRedisUrl(address)
    return { host, port: urlPort }
  }
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(address)
  if (match === null)
    throw new CacheConfigurationError(
      option,
      "host:port, such as 'localhost:6379'",
      kindOf(address),
    )
  return {
    host: match[1] ?? match[2] ?? '',
    port: match[3] === undefined ? port : Number(match[3]),
  }
}

function integer(option: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
    return Number(value)
  const shown = typeof value === 'number' ? value : kindOf(value)
  throw new CacheConfigurationError(option, `a whole number from ${least} to ${most}`, shown)
}

function isObject(value: unknown): value is { readonly host?: unknown } {
  return typeof value === 'object' && value !== null
}

/** What is given as undefined is not given. */
function defined(options: RedisConnectionOptions): RedisConnectionOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
