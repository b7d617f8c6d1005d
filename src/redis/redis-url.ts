import { CacheConfigurationError } from '../errors.js'
import { redactUrl } from './redaction.js'
import type { RedisConnectionOptions } from './redis-options.js'

type FromUrl = Pick<
  RedisConnectionOptions,
  'host' | 'port' | 'username' | 'password' | 'db' | 'tls'
>

/**
 * Parses `redis[s]://user:password@host:port/database` by the WHATWG rules. Query and fragment are
 * refused, so that whoever configures the URL cannot set other options; only ioredis' `family` is
 * tolerated, and ignored.
 *
 * @throws CacheConfigurationError with the URL without its login
 */
export function readRedisUrl(text: string): FromUrl {
  const url = parse(text)
  const isSecure = url.protocol === 'rediss:'
  if (!isSecure && url.protocol !== 'redis:') return refuse(text, EXPECTED)
  if (url.hash !== '' || [...url.searchParams.keys()].some((name) => name !== 'family')) {
    return refuse(text, 'a URL without query and fragment')
  }
  const database = url.pathname.replace(/^\//, '')
  if (!/^\d{0,6}$/.test(database)) return refuse(text, 'a database number after the host')
  return {
    ...(url.hostname === '' ? {} : { host: url.hostname.replace(/^\[|\]$/g, '') }),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(url.username === '' ? {} : { username: decode(url.username, text) }),
    ...(url.password === '' ? {} : { password: decode(url.password, text) }),
    ...(database === '' ? {} : { db: Number(database) }),
    ...(isSecure ? { tls: true } : {}),
  }
}

function parse(text: string): URL {
  try {
    if (typeof text !== 'string' || !text.includes('://')) throw new TypeError('no URL')
    return new URL(text)
  } catch {
    return refuse(text, EXPECTED)
  }
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return refuse(text, 'percent-encoded credentials')
  }
}

const EXPECTED = 'a URL such as redis://localhost:6379, or rediss://localhost:6380 for TLS'

function refuse(text: string, expected: string): never {
  const problem = `expected ${expected}, got ${shown(text)}`
  throw new CacheConfigurationError('redis.url', problem)
}

/** Describes the input for an error. A text that is not a URL may be or contain a password. */
function shown(text: unknown): string {
  if (typeof text !== 'string') return text === null ? 'null' : `a ${typeof text}`
  if (text === '') return 'an empty text'
  return text.includes('://') ? redactUrl(text) : 'a text that does not begin with redis://'
}
