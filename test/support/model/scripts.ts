import type { RedisArgument } from '../../../src/redis/link.js'
import { type Keyspace, ModelReplyError } from './keyspace.js'

/** What a script replies: `null` is what Lua calls false, and texts are binary. */
export type ModelReply = number | string | null | readonly ModelReply[]

export type ModelScript = (
  redis: Keyspace,
  keys: readonly string[],
  args: readonly string[],
) => ModelReply

/** The scripts of `src/redis/*-scripts.ts`, line by line, by their names. */
export type ModelScripts = Readonly<Record<string, ModelScript>>

export const MODEL_SCRIPTS: ModelScripts = {
  read,
  acquire,
  renew,
  release,
  store,
  'finish-put': finishPut,
  invalidate,
  append,
  'stamp-tags': stampTags,
  expire,
}

/** As Redis gets it: bytes, one character each. */
export function binary(argument: RedisArgument): string {
  return Buffer.isBuffer(argument)
    ? argument.toString('latin1')
    : Buffer.from(String(argument)).toString('latin1')
}

/** `redis.pcall`: an error is a value. */
function attempt<T>(command: () => T): T | ModelReplyError {
  try {
    return command()
  } catch (error) {
    if (error instanceof ModelReplyError) return error
    throw error
  }
}

function read(redis: Keyspace, keys: readonly string[], args: readonly string[]): ModelReply {
  const n = Number(args[0])
  const reply: ModelReply[] = [null]
  for (let index = 0; index < n; index += 1) {
    const field = at(args, 1 + 2 * index)
    const seen = at(args, 2 + 2 * index)
    const key = at(keys, index)
    const isSeen = seen !== '' && attempt(() => redis.hget(key, `s:${field}`)) === seen
    const value = isSeen ? seen.slice(0, 12) : attempt(() => redis.hget(key, `e:${field}`))
    const isThere = isSeen || (typeof value === 'string' && value.length > 12)
    if (isThere) reply[0] = redis.now()
    reply.push(isThere ? String(value) : null)
  }
  if (keys.length > n) reply.push(...redis.mget(keys.slice(n)).map((token) => token ?? null))
  return reply
}

function acquire(redis: Keyspace, keys: readonly string[], args: readonly string[]): ModelReply {
  const now = redis.now()
  const [n, m, liveFor] = [Number(args[0]), Number(args[1]), Number(args[2])]
  const reply: ModelReply[] = [now]
  for (let index = 0; index < m; index += 1) {
    reply.push(markerOrNew(redis, at(keys, n + index), at(args, 3 + index), liveFor))
  }
  for (let index = 0; index < n; index += 1) {
    const start = 3 + m + index * 5
    reply.push(claim(redis, at(keys, index), args.slice(start, start + 5), now))
  }
  return reply
}

function markerOrNew(redis: Keyspace, key: string, fresh: string, liveFor: number): string | null {
  const token = attempt(() => redis.get(key))
  if (typeof token === 'string') {
    if (redis.pttl(key) * 2 < liveFor) attempt(() => redis.pexpire(key, liveFor))
    return token
  }
  if (token !== undefined) attempt(() => redis.delete(key))
  return attempt(() => redis.set(key, fresh, liveFor)) === undefined ? fresh : null
}

function claim(redis: Keyspace, key: string, args: readonly string[], now: number): ModelReply {
  const [field, token, lease, seen] = [at(args, 0), at(args, 1), Number(args[2]), at(args, 3)]
  const isForced = args[4] === '1'
  let value = attempt(() => redis.hget(key, `e:${field}`))
  if (value instanceof ModelReplyError) {
    attempt(() => redis.delete(key))
    value = undefined
  }
  const held = attempt(() => redis.hget(key, `l:${field}`))
  if (value !== undefined && value.length <= 12) value = undefined
  const rest = typeof held === 'string' && held.length > 6 ? unpack(held) - now : 0
  if (!isForced && value !== undefined && unpack(value) > now && stamp(value) !== seen) {
    return [1, value]
  }
  if (!isForced && rest > 0 && rest <= 60_000) return [2, String(held).slice(6), rest]
  const refused = attempt(() => redis.hset(key, `l:${field}`, pack(now + lease) + token))
  if (refused instanceof ModelReplyError) return [4]
  live(redis, key, lease)
  return [3]
}

function renew(
  redis: Keyspace,
  [key = '']: readonly string[],
  args: readonly string[],
): ModelReply {
  const [field = '', token = '', lease] = args
  if (!holds(redis, key, field, token)) return 0
  redis.hset(key, `l:${field}`, pack(redis.now() + Number(lease)) + token)
  live(redis, key, Number(lease))
  return 1
}

function release(
  redis: Keyspace,
  [key = '']: readonly string[],
  args: readonly string[],
): ModelReply {
  const [field = '', token = ''] = args
  if (holds(redis, key, field, token)) redis.hdel(key, `l:${field}`)
  return 1
}

function store(
  redis: Keyspace,
  [key = '']: readonly string[],
  args: readonly string[],
): ModelReply {
  const [field = '', token = '', sealed = ''] = args
  const [freshFor, keptFor, now] = [Number(args[3]), Number(args[4]), redis.now()]
  if (!holds(redis, key, field, token)) return 0
  const isStamped = args[5] === '1'
  write(redis, key, field, pack(now + keptFor) + pack(now + freshFor) + sealed, isStamped)
  redis.hdel(key, `l:${field}`)
  if (!isStamped) redis.hdel(key, `s:${field}`)
  live(redis, key, keptFor)
  const fields = redis.hkeys(key)
  if (fields.length > (isStamped ? 2 : 1)) {
    for (const other of fields) {
      const value = redis.hget(key, other) ?? ''
      if (value.length < 6 || unpack(value) <= now) redis.hdel(key, other)
    }
  }
  return 1
}

function finishPut(redis: Keyspace, keys: readonly string[], args: readonly string[]): ModelReply {
  const [key = '', stream, tail = ''] = keys
  const [field = '', token = '', sealed = ''] = args
  const [freshFor, keptFor, now] = [Number(args[3]), Number(args[4]), redis.now()]
  const isStamped = args[5] === '1'
  let stored = 0
  if (sealed !== '' && holds(redis, key, field, token)) {
    const value = pack(now + keptFor) + pack(now + freshFor) + sealed
    if (!(attempt(() => write(redis, key, field, value, isStamped)) instanceof ModelReplyError)) {
      for (const other of redis.hkeys(key)) {
        const isOwn = other === `e:${field}` || (isStamped && other === `s:${field}`)
        if (!isOwn) redis.hdel(key, other)
      }
      redis.pexpire(key, keptFor)
      stored = 1
    }
  }
  if (stored === 0) redis.delete(key)
  if (stream !== undefined) publish(redis, stream, tail, args.slice(6, 11))
  return stored
}

function invalidate(redis: Keyspace, keys: readonly string[], args: readonly string[]): ModelReply {
  const [k, m, t, liveFor] = [Number(args[0]), Number(args[1]), Number(args[2]), Number(args[3])]
  for (const key of keys.slice(0, k)) redis.delete(key)
  for (let index = 0; index < m; index += 1)
    renewed(redis, at(keys, k + index), at(args, 4 + index), liveFor)
  let next = k + m + t
  if (t > 0) {
    const clock = clockFrom(attempt(() => redis.get(at(keys, next))))
    const epoch = clock?.epoch ?? at(args, 4 + m + t)
    const text = `${epoch}:${(clock?.counter ?? 0) + 1}`
    renewed(redis, at(keys, next), text, liveFor)
    for (let index = 0; index < t; index += 1) {
      renewed(redis, at(keys, k + m + index), `${text}:${at(args, 4 + m + index)}`, liveFor)
    }
    next += 1
  }
  const stream = keys[next]
  if (stream !== undefined)
    publish(redis, stream, at(keys, next + 1), args.slice(5 + m + t, 10 + m + t))
  return 1
}

function append(redis: Keyspace, keys: readonly string[], args: readonly string[]): ModelReply {
  redis.pexpire(at(keys, 1), Number(at(args, 4)))
  publish(redis, at(keys, 0), at(keys, 1), args)
  return 1
}

function stampTags(redis: Keyspace, keys: readonly string[], args: readonly string[]): ModelReply {
  const captured = clockFrom(at(args, 0))
  const liveFor = Number(args[1])
  const text = attempt(() => redis.get(at(keys, 0)))
  const current = clockFrom(text)
  if (captured === undefined || typeof text !== 'string' || current?.epoch !== captured.epoch)
    return null
  let isAccepted = true
  const tokens = keys.slice(1).map((key, index) => {
    const marker = attempt(() => redis.get(key))
    const parts = typeof marker === 'string' ? /^([^:]+):(\d+):(.+)$/s.exec(marker) : null
    if (parts !== null && parts[1] === current.epoch) {
      if (Number(parts[2]) > captured.counter) isAccepted = false
      if (redis.pttl(key) * 2 < liveFor) redis.pexpire(key, liveFor)
      return parts[3] ?? null
    }
    if (marker !== undefined) redis.delete(key)
    redis.set(key, `${text}:${at(args, 2 + index)}`, liveFor)
    if (current.counter !== captured.counter) isAccepted = false
    return at(args, 2 + index)
  })
  return isAccepted ? tokens : null
}

function expire(redis: Keyspace, keys: readonly string[], args: readonly string[]): ModelReply {
  const [key = '', stream, tail = ''] = keys
  const now = redis.now()
  let fields = attempt(() => redis.hkeys(key))
  if (fields instanceof ModelReplyError) {
    redis.delete(key)
    fields = []
  }
  redis.hdel(key, 'l:')
  for (const field of fields) {
    const value = redis.hget(key, field) ?? ''
    if (!/^[es]:/.test(field) || value.length <= 12) redis.hdel(key, field)
    else if (unpack(value.slice(6)) > now) {
      redis.hset(key, field, value.slice(0, 6) + pack(now) + value.slice(12))
    }
  }
  if (stream !== undefined) publish(redis, stream, tail, args)
  return 1
}

function publish(redis: Keyspace, stream: string, tail: string, message: readonly string[]): void {
  const [token = '', origin = '', names = '', length, lifetime] = message
  const previous = attempt(() => redis.get(tail))
  redis.set(tail, token, Number(lifetime))
  const fields = [
    't',
    token,
    'p',
    typeof previous === 'string' ? previous : '',
    'o',
    origin,
    'n',
    names,
  ]
  const add = (): void => redis.xadd(stream, Number(length), fields)
  if (attempt(add) instanceof ModelReplyError) {
    redis.delete(stream)
    add()
  }
  redis.pexpire(stream, Number(lifetime))
}

function renewed(redis: Keyspace, key: string, token: string, liveFor: number): void {
  redis.delete(key)
  redis.set(key, token, liveFor)
}

function holds(redis: Keyspace, key: string, field: string, token: string): boolean {
  const lease = attempt(() => redis.hget(key, `l:${field}`))
  return typeof lease === 'string' && lease.slice(6) === token
}

/** An entry, and its stamp. */
function write(
  redis: Keyspace,
  key: string,
  field: string,
  value: string,
  isStamped: boolean,
): void {
  redis.hset(key, `e:${field}`, value)
  if (isStamped) redis.hset(key, `s:${field}`, stamp(value))
}

function live(redis: Keyspace, key: string, lifetime: number): void {
  if (redis.pttl(key) < lifetime) redis.pexpire(key, lifetime)
}

/** A tag clock, `epoch:counter`; undefined for anything else. */
function clockFrom(
  text: unknown,
): { readonly epoch: string; readonly counter: number } | undefined {
  const parts = typeof text === 'string' ? /^([^:]+):(\d+)$/.exec(text) : null
  return parts === null ? undefined : { epoch: parts[1] ?? '', counter: Number(parts[2]) }
}

function stamp(value: string): string {
  return value.slice(0, 12) + value.slice(-8)
}

/** `struct.pack('>I6', …)`. */
function pack(value: number): string {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(value, 0, 6)
  return bytes.toString('latin1')
}

function unpack(bytes: string): number {
  return Buffer.from(bytes.slice(0, 6), 'latin1').readUIntBE(0, 6)
}

function at(values: readonly string[], index: number): string {
  const value = values[index]
  if (value === undefined)
    throw new ModelReplyError('ERR Wrong number of args calling Redis command')
  return value
}
