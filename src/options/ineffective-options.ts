import type { EntryPolicy } from '../engine/policy.js'
import type { CachedOptions } from './cached-options.js'

/**
 * Returns the entry options that are valid but have no effect, each with the reason. They are not
 * refused: the same code may run elsewhere with Redis, and a default may suit all entries but one.
 *
 * @param own the options of this entry and its class, without the cache's defaults
 * @param isShared whether the cache has a Redis
 */
export function ineffectiveOptions(
  policy: EntryPolicy,
  own: CachedOptions,
  isShared: boolean,
): Map<string, string> {
  const found = new Map<string, string>()
  const { useMemory, consistency, staleWhileRevalidate, staleIfError } = policy
  if (!useMemory && !isShared) {
    found.set(
      'tiers',
      'nothing is stored, since there is neither memory nor a redis to store it in',
    )
  }
  const isAhead = own.refreshAhead !== undefined && own.refreshAhead > 0
  if (isAhead && isShared && (!useMemory || consistency === 'strict')) {
    const why = useMemory ? "consistency is 'strict'" : "'memory' is not among its tiers"
    found.set(
      'refreshAhead',
      `nothing is refreshed ahead, since ${why}: only reads from memory refresh ahead`,
    )
  }
  if (own.timeout?.soft !== undefined && staleWhileRevalidate === 0 && staleIfError === 0) {
    const needs = 'set staleWhileRevalidate or staleIfError'
    found.set('timeout.soft', `it does nothing without a stale result to serve: ${needs}`)
  }
  if (own.queue !== undefined && policy.concurrency === Number.POSITIVE_INFINITY) {
    found.set('queue', 'no call ever waits, since concurrency is Infinity')
  }
  return found
}
