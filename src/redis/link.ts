import { CacheError } from '../errors.js'

/** Redis replied with an error (OOM, MISCONF, READONLY, WRONGTYPE…). The link itself works. */
export class RedisReplyError extends CacheError {
  override readonly name = 'RedisReplyError'
  /** The first word of the error, such as `OOM`. */
  readonly reply: string

  constructor(reply: string) {
    super('CACHE_REDIS_UNAVAILABLE', `Redis answered ${reply}`)
    this.reply = reply
  }
}

/** A constant Lua script. User data is passed in keys and arguments only. */
export interface Script {
  readonly name: string
  readonly text: string
  /**
   * Whether its text has `flags=no-writes`, so that it runs on the read lane and during a write
   * pause.
   */
  readonly readOnly: boolean
}

export type RedisArgument = string | number | Buffer

/**
 * Sends scripts to Redis with a deadline, a limit of pending commands and a circuit breaker. Knows
 * nothing about caching.
 */
export interface RedisLink {
  /** Whether this is a cluster, where the keys of one script must share a slot. */
  readonly isCluster: boolean
  /**
   * Runs a script. Strings in the reply are Buffers.
   *
   * @param deadline milliseconds
   * @throws RedisUnavailableError when there is no reply within `deadline`; immediately when the
   *   breaker is open or too many commands are pending
   * @throws RedisReplyError when Redis replies with an error
   */
  evaluate(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
    deadline: number,
  ): Promise<unknown>
  /**
   * Waits up to `deadline` milliseconds for `replicas` replicas; resolves to how many confirmed.
   */
  wait(key: string, replicas: number, deadline: number): Promise<number>
  /** Returns the slot of a key on a cluster; 0 elsewhere. */
  slotOf(key: string): number
}
