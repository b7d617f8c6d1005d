/** Whether the cache works as it should. */
export interface CacheHealth {
  /**
   * `up`: everything works. `degraded`: calls are answered, with less help from the cache than
   * there should be. `down`: the cache was closed.
   */
  readonly status: 'up' | 'degraded' | 'down'
  /** Why it is not `up`, one sentence each; never a key, a value or a password. */
  readonly reasons: readonly string[]
  /** undefined without Redis. */
  readonly redis:
    | {
        /** Whether commands are taken now. */
        readonly isReady: boolean
        /** Milliseconds since the invalidation log was last proven complete; Infinity before the first time. */
        readonly logLag: number
        /** Whether memory may be served on the strength of the log. */
        readonly isLogTrusted: boolean
        /** Invalidations that Redis has not confirmed yet. */
        readonly unconfirmedInvalidations: number
        /** Whether the write and read that a probe makes succeeded; undefined without a probe. */
        readonly probe: boolean | undefined
      }
    | undefined
}
