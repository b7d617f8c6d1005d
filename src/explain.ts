import type { CachedEntry } from './engine/cached-entry.js'
import type { MissReason } from './engine/miss-reasons.js'

/** How a call would be served now, and why the last one like it was not served from the cache. */
export interface Explanation {
  readonly namespace: string
  readonly entry: string
  readonly version: string
  /** Where the answer would come from. */
  readonly source: 'memory' | 'redis' | 'stale' | 'load' | 'bypass'
  /** Why not as it is from the cache; undefined for a hit. */
  readonly reason: MissReason | BypassReason | undefined
  /** Why the last read of this key missed, as far as it is remembered. */
  readonly lastMiss: MissReason | undefined
  /** Milliseconds for which the stored result stays fresh; zero or less when it is stale. */
  readonly freshFor: number | undefined
  /** Milliseconds for which it may still stand in when the method fails. */
  readonly keptFor: number | undefined
}

/** Why a call does not concern the cache. */
export type BypassReason = 'disabled' | 'no-key' | 'no-scope'

/** Looks where a read would look, and changes nothing. */
export async function explain(
  entry: CachedEntry,
  key: string,
  scope: string | undefined,
): Promise<Explanation> {
  const lastMiss = entry.missReasonOf(key)
  const located = await entry.locate(key, scope)
  const at = entry.now()
  const stored = located.entry
  const isStale =
    stored !== undefined && located.reason !== undefined && at < entry.context.staleUntil(stored)
  return {
    ...identityOf(entry),
    source: isStale ? 'stale' : located.reason === undefined ? (located.tier ?? 'load') : 'load',
    reason: located.reason,
    lastMiss,
    freshFor: stored === undefined ? undefined : stored.freshUntil - at,
    keptFor: stored === undefined ? undefined : stored.keptUntil - at,
  }
}

export function explainBypass(entry: CachedEntry, reason: BypassReason): Explanation {
  return {
    ...identityOf(entry),
    source: 'bypass',
    reason,
    lastMiss: undefined,
    freshFor: undefined,
    keptFor: undefined,
  }
}

function identityOf({ policy }: CachedEntry): Pick<Explanation, 'namespace' | 'entry' | 'version'> {
  return { namespace: policy.namespace, entry: policy.entry, version: policy.version }
}
