import type { CachedEntry } from './engine/cached-entry.js'
import type { MissReason } from './engine/miss-reasons.js'

/** How a call would be served now, and why the last one like it was not served from the cache. */
export interface Explanation {
  readonly namespace: string
  readonly entry: string
  readonly version: string
  /**
   * What a call would be answered with now: what memory or Redis has; `stale`, what is past its ttl;
   * `load`, what the method returns; `error`, what it threw last, for `errorBackoff` still runs;
   * `bypass`, what the method returns without the cache having to do with it.
   */
  readonly source: 'memory' | 'redis' | 'stale' | 'load' | 'error' | 'bypass'
  /** Why not as it is from the cache; undefined for a hit. A call that misses counts this reason. */
  readonly reason: MissReason | BypassReason | undefined
  /**
   * What was noted of this key last, as far as it is remembered: why a read missed, or what has taken
   * the value away since. It stays when the value is there again.
   */
  readonly lastMiss: MissReason | undefined
  /**
   * Whole milliseconds for which what is stored is served as fresh; zero or less when it is stale,
   * undefined when there is nothing. While Redis is out of reach, memory answers for less long than
   * the ttl says.
   */
  readonly freshFor: number | undefined
  /** Whole milliseconds for which it may still stand in when the method fails. */
  readonly keptFor: number | undefined
}

/** Why a call does not concern the cache. */
export type BypassReason =
  /** `enabled: false`, of the entry or of the cache. */
  | 'disabled'
  /** The option `condition` said no, or threw. */
  | 'condition'
  /** The arguments, or what `key` makes of them, are no key. */
  | 'no-key'
  /** The option `scope` gave none. */
  | 'no-scope'
  /** Inside of a unit of work only what is fresh in memory and untouched is read. */
  | 'unit-of-work'
  /** The cache was closed. */
  | 'closed'

/** Looks where a read would look, and changes nothing. */
export async function explain(
  entry: CachedEntry,
  key: string,
  scope: string | undefined,
): Promise<Explanation> {
  const lastMiss = entry.context.parts.missReasons.of(key)
  const foreseen = await entry.foresee(key, scope)
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

/** Above zero as long as any time is left, and never the zero that is below zero. */
function wholeMilliseconds(milliseconds: number): number {
  return Math.ceil(milliseconds) + 0
}

function identityOf({ policy }: CachedEntry): Pick<Explanation, 'namespace' | 'entry' | 'version'> {
  return { namespace: policy.namespace, entry: policy.entry, version: policy.version }
}
