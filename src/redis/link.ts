import { CacheError } from '../errors.js'

/** Redis answered with an error (OOM, MISCONF, READONLY, WRONGTYPE…). The link itself works. */
export class RedisReplyError extends CacheError {
  override readonly name = 'RedisReplyError'
  /** The first word of Redis' error, such as `OOM`. */
  readonly reply: string

  constructor(reply: string) {
    super('CACHE_REDIS_UNAVAILABLE', `Redis answered ${reply}`)
    this.reply = reply
  }
}

/** A constant Lua script. User data goes into keys and arguments only. */
export interface Script {
  readonly name: string
  readonly text: string
  /** Its text has `flags=no-writes`: it runs under a write pause and goes where reads go. */
  readonly readOnly: boolean
}

export type RedisArgument = string | number | Buffer

/**
 * Commands to Redis under a deadline, a cap and a breaker. Knows connections; knows nothing of
 * caching.
 */
export interface RedisLink {
  /** On a cluster the keys of one script must share a slot. */
  readonly isCluster: boolean
  /**
   * Runs a script; replies come with Buffers for strings.
   *
   * @throws RedisUnavailableError without an answer within `deadline` milliseconds, at once when the
   *   breaker is open or too many commands wait
   * @throws RedisReplyError when Redis answers with an error
   */
  evaluate(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
    deadline: number,
  ): Promise<unknown>
  /** Waits for replicas; says how many confirmed. */
  wait(key: string, replicas: number, deadline: number): Promise<number>
  /** The slot of a key on a cluster; 0 elsewhere. */
  slotOf(key: string): number
}
