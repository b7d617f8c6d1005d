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
  /**
   * What was configured and does nothing, one sentence each: options of a namespace or an entry that
   * nothing has used yet, options that others make pointless. They do not count for `status`.
   */
  readonly warnings: readonly string[]
  /** undefined without Redis. */
  readonly redis: RedisHealth | undefined
}

/** How it stands with Redis, without asking it. */
export interface RedisState {
  /** Whether commands are taken now. */
  readonly isReady: boolean
  /** Whole milliseconds since the invalidation log was last proven complete; Infinity before the first time. */
  readonly logLag: number
  /** Whether memory may be served on the strength of the log. */
  readonly isLogTrusted: boolean
  /** Invalidations that Redis has not confirmed yet. They are retried. */
  readonly unconfirmedInvalidations: number
}

export interface RedisHealth extends RedisState {
  /** Whether a write and a read succeeded; undefined when nobody asked for a probe. */
  readonly probe: boolean | undefined
}

export interface HealthSources {
  readonly parts: Parts
  readonly tier: SharedTier | undefined
  readonly probe: (() => Promise<boolean>) | undefined
  readonly remarks: readonly string[]
}

export async function healthOf({
  parts,
  tier,
  probe,
  remarks,
}: HealthSources): Promise<CacheHealth> {
  const probed = parts.lifecycle.isClosed ? undefined : await probe?.()
  const reasons = [...reasonsAgainst(parts, tier)]
  if (probed === false) reasons.push('a write to Redis could not be read back')
  const status = parts.lifecycle.isClosed ? 'down' : reasons.length === 0 ? 'up' : 'degraded'
  const state = parts.lifecycle.isClosed ? undefined : redisStateOf(parts, tier)
  const redis = state === undefined ? undefined : { ...state, probe: probed }
  return { status, reasons, warnings: remarks, redis }
}

/** Why a cache does not work as it should, as far as it knows without asking Redis. */
export function reasonsAgainst(parts: Parts, tier: SharedTier | undefined): readonly string[] {
  if (parts.lifecycle.isClosed) return ['the cache was closed']
  const state = redisStateOf(parts, tier)
  if (state === undefined) return []
  const reasons: string[] = []
  if (tier?.refusal !== undefined) reasons.push(`Redis is not used: ${tier.refusal}`)
  else if (!state.isReady) reasons.push('Redis takes no commands')
  if (!state.isLogTrusted) {
    const { outageTtl } = parts.settings
    reasons.push(
      'what others invalidate may not be heard of, so memory serves only what began to load less ' +
        `than ${outageTtl} ms ago`,
    )
  }
  const { unconfirmedInvalidations: unconfirmed } = state
  if (unconfirmed > 0) {
    reasons.push(`${unconfirmed} invalidation target(s) wait for Redis to confirm them`)
  }
  return reasons
}

/** undefined without Redis. */
export function redisStateOf(parts: Parts, tier: SharedTier | undefined): RedisState | undefined {
  if (tier === undefined) return undefined
  const logLag = parts.clock.now() - parts.log.provenAt
  return {
    isReady: tier.isReady,
    logLag: Math.round(logLag),
    isLogTrusted: logLag <= parts.settings.bound,
    unconfirmedInvalidations: parts.journal.depth,
  }
}
