import { RedisUnavailableError } from '../errors.js'
import type { InvalidationLog, LogMessage, LogPosition } from '../tiers/shared-store.js'
import { newToken } from '../token.js'
import type { Command } from './command.js'
import type { RedisArgument } from './link.js'
import { LOG_LIFETIME } from './log-lifetime.js'
import { readLogMessages } from './log-message.js'
import { explain, type FailureReason } from './redaction.js'

/** A connection for the log. On a cluster it follows the log's slot. */
export interface LogLane {
  run(command: Command): Promise<unknown>
  reset(reason: FailureReason): void
  close(): Promise<void>
}

export interface LogKeys {
  /** The key of the stream. */
  readonly log: string
  /** The key of the newest message's token, in the same slot. */
  readonly tail: string
}

/** Messages per read. The reader may continue immediately. */
const BATCH = 1_000
/** Milliseconds a reply may take beyond the blocking time of the command. */
const GRACE = 700

/**
 * Returns the newest id of the stream and the token in the tail, and creates a missing tail. Values
 * of another type do not belong here and are removed. The delete before the new tail is permitted
 * when memory is full, so the write after it is too.
 *
 * KEYS: stream, tail. ARGV: a fresh token, lifetime of a new tail in milliseconds.
 */
const ATTACH = `
local newest = redis.pcall('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local tail = redis.pcall('GET', KEYS[2])
if type(tail) ~= 'string' then
  redis.call('DEL', KEYS[2])
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  tail = ARGV[1]
end
if newest.err then
  redis.call('DEL', KEYS[1])
  newest = {}
end
return {newest[1] and newest[1][1] or '0-0', tail}
`

/** The log of invalidations. It has its own connection, because reading it blocks. */
export class LogConnection implements InvalidationLog {
  readonly #lane: LogLane
  readonly #keys: LogKeys
  #isClosed = false

  constructor(lane: LogLane, keys: LogKeys) {
    this.#lane = lane
    this.#keys = keys
  }

  async attach(): Promise<LogPosition> {
    const { log, tail } = this.#keys
    const token = newToken()
    const reply = await this.#ask('eval', [ATTACH, 2, log, tail, token, LOG_LIFETIME], 0)
    const [id, current] = Array.isArray(reply) ? reply.map(String) : []
    return { id: id ?? '0-0', tail: current ?? token }
  }

  async tail(): Promise<string | undefined> {
    const reply = await this.#ask('get', [this.#keys.tail], 0)
    return reply === null ? undefined : String(reply)
  }

  async readAfter(id: string, block: number): Promise<LogMessage[]> {
    const args = ['COUNT', BATCH, 'BLOCK', block, 'STREAMS', this.#keys.log, id]
    return readLogMessages(await this.#ask('xread', args, block))
  }

  reconnect(): void {
    this.#lane.reset('silent')
  }

  close(): void {
    this.#isClosed = true
    void this.#lane.close()
  }

  #ask(name: string, args: readonly RedisArgument[], block: number): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new RedisUnavailableError(explain('closed')))
    return this.#lane.run({ name, args, deadline: block + GRACE })
  }
}
