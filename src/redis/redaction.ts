import { CacheError, RedisUnavailableError } from '../errors.js'
import { RedisReplyError } from './link.js'

/** Why there is no connection. A closed set: text from a server or a driver is never passed on. */
export type FailureReason = keyof typeof SENTENCES

const SENTENCES = {
  refused: 'nothing listens at this address',
  unreachable: 'the host cannot be reached',
  name: 'the host name cannot be resolved',
  reset: 'the connection broke',
  silent: 'no answer in time',
  tls: 'the TLS handshake failed',
  protocol: 'the server does not speak the Redis protocol',
  denied: 'the login was refused; check the user name and the password',
  credentials: 'the credentials callback failed',
  forbidden: 'this user lacks a permission that a connection needs',
  database: 'the database number does not exist or may not be selected',
  loading: 'Redis is still loading its data',
  busy: 'Redis is busy with a script',
  full: 'Redis has reached its limit of clients',
  replica: 'this server is a replica, but a master is needed',
  master: 'no sentinel knows the master',
  slots: 'no node of the cluster returned a slot map',
  moved: 'another server has taken over',
  driver: 'ioredis is not installed or could not be used',
  closed: 'the cache was closed',
} as const

/** A connection could not be made, or was lost. Contains nothing but the reason. */
export class ConnectionFailure extends CacheError {
  override readonly name = 'ConnectionFailure'
  readonly reason: FailureReason
  /** An error code of Node or OpenSSL, such as `CERT_HAS_EXPIRED`. */
  readonly detail: string | undefined

  constructor(reason: FailureReason, detail?: string) {
    super('CACHE_REDIS_UNAVAILABLE', explain(reason, detail))
    this.reason = reason
    this.detail = detail
  }
}

/** Where a cluster says that a slot is, or is being migrated to. Never leaves the cluster link. */
export class Redirection extends RedisReplyError {
  readonly kind: 'MOVED' | 'ASK'
  readonly slot: number
  /** Empty when it is the host that replied. */
  readonly host: string
  readonly port: number

  constructor(kind: 'MOVED' | 'ASK', slot: number, host: string, port: number) {
    super(kind)
    this.kind = kind
    this.slot = slot
    this.host = host
    this.port = port
  }
}

/**
 * Returns a sentence for people. It contains no secret, because nothing in it comes from outside.
 */
export function explain(reason: FailureReason, detail?: string): string {
  return detail === undefined ? SENTENCES[reason] : `${SENTENCES[reason]} (${detail})`
}

/**
 * Returns an error of a command without its details. ioredis adds the command with its arguments to
 * its errors: keys, values, passwords. So only the first word of a reply is kept.
 */
export function commandError(error: unknown): Error {
  if (error instanceof CacheError) return error
  const message = messageOfReply(error)
  if (message === undefined) return new RedisUnavailableError(explain('reset'))
  return redirectionOf(message) ?? new RedisReplyError(firstWord(message))
}

/** Returns why a connection could not be made, from an error of Node, OpenSSL, ioredis or Redis. */
export function connectionFailure(error: unknown): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error
  const message = messageOfReply(error)
  if (message !== undefined) return new ConnectionFailure(reasonOfReply(message))
  const code = codeOf(error)
  return new ConnectionFailure(reasonOfCode(code), code)
}

/** Returns why a connection is useless, from the error reply to a command on it. */
export function replyFailure(error: unknown): ConnectionFailure {
  if (!(error instanceof RedisReplyError)) return connectionFailure(error)
  return new ConnectionFailure(reasonOfReply(error.reply))
}

/** Returns a URL without user, password, query and fragment. */
export function redactUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    return `${protocol}//${host}${/^\/\d*$/.test(pathname) ? pathname : ''}`
  } catch {
    return 'a text that is not a URL'
  }
}

function messageOfReply(error: unknown): string | undefined {
  return error instanceof Error && error.name === 'ReplyError' ? error.message : undefined
}

function firstWord(message: string): string {
  return /^[A-Z][A-Z0-9_]{1,29}(?= |$)/.exec(message)?.[0] ?? 'ERR'
}

function redirectionOf(message: string): Redirection | undefined {
  const match = /^(MOVED|ASK) (\d{1,5}) ([\w.:-]{0,255}):(\d{1,5})$/.exec(message)
  if (match === null) return undefined
  const slot = Number(match[2])
  const port = Number(match[4])
  // ioredis before version 6 uses the slot as an array index without checking it.
  if (slot > 16_383 || port < 1 || port > 65_535) return undefined
  return new Redirection(match[1] === 'ASK' ? 'ASK' : 'MOVED', slot, match[3] ?? '', port)
}

function reasonOfReply(message: string): FailureReason {
  switch (firstWord(message)) {
    case 'WRONGPASS':
    case 'NOAUTH':
    case 'DENIED':
      return 'denied'
    case 'NOPERM':
      return 'forbidden'
    case 'LOADING':
      return 'loading'
    case 'BUSY':
      return 'busy'
    case 'MASTERDOWN':
    case 'READONLY':
      return 'replica'
    case 'ERR':
      return reasonOfText(message)
    default:
      return 'protocol'
  }
}

/** Classifies errors for which Redis has no code of their own. */
function reasonOfText(message: string): FailureReason {
  if (/max number of clients/i.test(message)) return 'full'
  if (/invalid password/i.test(message)) return 'denied'
  if (/DB index|SELECT is not allowed/i.test(message)) return 'database'
  return 'protocol'
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const { code } = error
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,59}$/.test(code) ? code : undefined
}

function reasonOfCode(code: string | undefined): FailureReason {
  if (code === undefined) return 'reset'
  if (/^(ECONNREFUSED|ENOENT)$/.test(code)) return 'refused'
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/.test(code))
    return 'unreachable'
  if (/^(ENOTFOUND|EAI_[A-Z]+|EDNS[A-Z]*)$/.test(code)) return 'name'
  if (/CERT|SSL|TLS|EPROTO|SELF_SIGNED|ISSUER|SIGNATURE|_CRL_/.test(code)) return 'tls'
  return 'reset'
}
