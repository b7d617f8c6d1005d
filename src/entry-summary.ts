import type { CachedEntry } from './engine/cached-entry.js'
import { inspect } from './node-util.js'

/** The name and settings of an entry, for logs. Holds no key and no value. */
export interface EntrySummary {
  readonly namespace: string
  readonly entry: string
  readonly version: string
  readonly isEnabled: boolean
  /** The tiers that the entry uses and the cache has. */
  readonly tiers: readonly string[]
  readonly ttl: string
  readonly consistency: string
}

/**
 * Returns the summary of an entry.
 *
 * @param ttl how long a result is fresh: milliseconds, a duration, or a function of the result
 */
export function entrySummaryOf(
  { policy, context }: CachedEntry,
  isEnabled: boolean,
  ttl: unknown = policy.ttl,
): EntrySummary {
  const { namespace, entry, version, useMemory, useRedis, consistency } = policy
  const isShared = useRedis && context.parts.shared !== undefined
  const tiers = [...(useMemory ? ['memory'] : []), ...(isShared ? ['redis'] : [])]
  return { namespace, entry, version, isEnabled, tiers, ttl: textOf(ttl), consistency }
}

/** Returns the text that `console.log` shows for the object that stands for an entry. */
export function inspected(name: string, summary: EntrySummary): string {
  return `${name} ${inspect(summary)}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

function textOf(ttl: unknown): string {
  if (typeof ttl !== 'number') return typeof ttl === 'string' ? ttl : 'by result'
  const unit = UNITS.find(([, length]) => ttl > 0 && ttl % length === 0)
  return unit === undefined ? `${ttl}ms` : `${ttl / unit[1]}${unit[0]}`
}
