import type { Parts } from '../engine/parts.js'
import type { SharedTier } from '../tiers/shared-tier.js'

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
  readonly redis: RedisHealth | undefined
}

export interface RedisHealth {
  /** Whether commands are taken now. */
  readonly isReady: boolean
  /** Milliseconds since the invalidation log was last proven complete; Infinity before the first time. */
  readonly logLag: number
  /** Whether memory may be served on the strength of the log. */
  readonly isLogTrusted: boolean
  /** Invalidations that Redis has not confirmed yet. They are retried. */
  readonly unconfirmedInvalidations: number
  /** Whether a write and a read succeeded; undefined when nobody asked for a probe. */
  readonly probe: boolean | undefined
}

export interface HealthSources {
  readonly parts: Parts
  readonly tier: SharedTier | undefined
  readonly probe: (() => Promise<boolean>) | undefined
}

export async function healthOf({ parts, tier, probe }: HealthSources): Promise<CacheHealth> {
  if (parts.lifecycle.isClosed) {
    return { status: 'down', reasons: ['the cache was closed'], redis: undefined }
  }
  if (tier === undefined) return { status: 'up', reasons: [], redis: undefined }
  const probed = await probe?.()
  const logLag = parts.clock.now() - parts.log.provenAt
  const redis: RedisHealth = {
    isReady: tier.isReady,
    logLag,
    isLogTrusted: logLag <= parts.settings.bound,
    unconfirmedInvalidations: parts.journal.depth,
    probe: probed,
  }
  const reasons = reasonsFrom(redis, tier.refusal)
  return { status: reasons.length === 0 ? 'up' : 'degraded', reasons, redis }
}

function reasonsFrom(redis: RedisHealth, refusal: string | undefined): string[] {
  const reasons: string[] = []
  if (refusal !== undefined) reasons.push(`Redis is not used: ${refusal}`)
  else if (!redis.isReady) reasons.push('Redis takes no commands')
  if (!redis.isLogTrusted) reasons.push('the invalidation log is not proven to be complete')
  if (redis.unconfirmedInvalidations > 0) {
    reasons.push(`${redis.unconfirmedInvalidations} invalidation target(s) wait for Redis to confirm them`)
  }
  if (redis.probe === false) reasons.push('a write to Redis could not be read back')
  return reasons
}
