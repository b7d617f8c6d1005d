import type { Parts } from '../engine/parts.js'
import type { SharedTier } from '../tiers/shared-tier.js'

/** The health of a cache. */
export interface CacheHealth {
  /**
   * `up`: everything works. `degraded`: calls are answered, but the cache helps less than it
   * should. `down`: the cache is closed.
   */
  readonly status: 'up' | 'degraded' | 'down'
  /** Why the status is not `up`, one sentence each. Never contains a key, a value or a password. */
  readonly reasons: readonly string[]
  /**
   * Options without effect, one sentence each: options of a namespace or an entry that nothing has
   * used yet, and options that others make pointless. They do not affect `status`.
   */
  readonly warnings: readonly string[]
  /** The state of Redis; undefined without Redis. */
  readonly redis: RedisHealth | undefined
}

/** The state of the connection to Redis, as known without asking it. */
export interface RedisState {
  /** Whether Redis accepts commands now. */
  readonly isReady: boolean
  /**
   * Whole milliseconds since the invalidation log was last proven complete; Infinity before the
   * first time.
   */
  readonly logLag: number
  /** Whether the log is recent enough for memory to be served without further limits. */
  readonly isLogTrusted: boolean
  /** Number of invalidations that Redis has not confirmed yet. They are retried. */
  readonly unconfirmedInvalidations: number
}

/** The state of Redis in a health report. */
export interface RedisHealth extends RedisState {
  /** Whether a write and a read succeeded; undefined when no probe was requested. */
  readonly probe: boolean | undefined
}

/** The parts that a health report is made from. */
export interface HealthSources {
  readonly parts: Parts
  readonly tier: SharedTier | undefined
  readonly probe: (() => Promise<boolean>) | undefined
  readonly remarks: readonly string[]
}

/** Returns the health of a cache; asks Redis only if there is a probe. */
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

/** Returns why a cache is degraded or closed, as far as it knows without asking Redis. */
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
      'invalidations by other processes may be missed, so memory serves only results whose load ' +
        `began less than ${outageTtl} ms ago`,
    )
  }
  const { unconfirmedInvalidations: unconfirmed } = state
  if (unconfirmed > 0) {
    reasons.push(`${unconfirmed} invalidation target(s) wait for Redis to confirm them`)
  }
  return reasons
}

/** Returns the state of the connection to Redis; undefined without Redis. */
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
