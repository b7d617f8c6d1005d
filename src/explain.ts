import type { CachedEntry } from './engine/cached-entry.js'
import type { MissReason } from './engine/miss-reasons.js'

/** Explains how a call would be served now, and why the last read of the key missed. */
export interface Explanation {
  readonly namespace: string
  readonly entry: string
  readonly version: string
  /**
   * Where the answer would come from: `memory` or `redis`; `stale`, a value past its ttl; `load`,
   * the method; `error`, the method's last error while `errorBackoff` lasts; `bypass`, the method
   * without involving the cache.
   */
  readonly source: 'memory' | 'redis' | 'stale' | 'load' | 'error' | 'bypass'
  /**
   * Why the call would not be a hit; undefined for a hit. A call that misses is counted under this
   * reason.
   */
  readonly reason: MissReason | BypassReason | undefined
  /**
   * The last reason noted for the key, if it is still remembered: why a read missed, or what has
   * removed the value since. Kept after the value is stored again.
   */
  readonly lastMiss: MissReason | undefined
  /**
   * Whole milliseconds for which the stored value is served as fresh: zero or less for a stale
   * value, undefined without a value. While Redis is unreachable, memory serves values for less
   * time than their ttl.
   */
  readonly freshFor: number | undefined
  /** Whole milliseconds for which the stored value may still be served if the method fails. */
  readonly keptFor: number | undefined
}

/** Why a call bypasses the cache. */
export type BypassReason =
  /** `enabled: false`, of the entry or of the cache. */
  | 'disabled'
  /** The option `condition` did not return true, or threw. */
  | 'condition'
  /** The arguments, or the result of `key`, cannot be a key. */
  | 'no-key'
  /** The option `scope` returned no scope, or threw. */
  | 'no-scope'
  /** A unit of work reads only what is fresh in memory and untouched by the unit. */
  | 'unit-of-work'
  /** The cache was closed. */
  | 'closed'

/** Explains how a read of `key` would be served. Changes nothing. */
export async function explain(
  entry: CachedEntry,
  key: string,
  scope: string | undefined,
): Promise<Explanation> {
  const lastMiss = entry.context.parts.missReasons.of(key)
  const foreseen = await entry.lookups.foresee(key, scope)
  if (foreseen === 'closed') return explainBypass(entry, foreseen, lastMiss)
  if (foreseen === 'unit') return explainBypass(entry, 'unit-of-work', lastMiss)
  const { source, reason, entry: stored } = foreseen
  const at = entry.now()
  const trustedUntil =
    stored === undefined || source === 'redis' ? Infinity : entry.context.trustedUntil(stored, at)
  const until = (instant: number): number => wholeMilliseconds(Math.min(instant, trustedUntil) - at)
  return {
    ...identityOf(entry),
    source,
    reason,
    lastMiss,
    freshFor: stored && until(stored.freshUntil),
    keptFor: stored && until(stored.keptUntil),
  }
}

/** Returns the explanation of a call that bypasses the cache. */
export function explainBypass(
  entry: CachedEntry,
  reason: BypassReason,
  lastMiss?: MissReason,
): Explanation {
  return {
    ...identityOf(entry),
    source: 'bypass',
    reason,
    lastMiss,
    freshFor: undefined,
    keptFor: undefined,
  }
}

/** Rounds up, so that the result is above zero while any time is left; adding 0 turns -0 into 0. */
function wholeMilliseconds(milliseconds: number): number {
  return Math.ceil(milliseconds) + 0
}

function identityOf({ policy }: CachedEntry): Pick<Explanation, 'namespace' | 'entry' | 'version'> {
  return { namespace: policy.namespace, entry: policy.entry, version: policy.version }
}
