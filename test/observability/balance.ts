import { expect } from 'chai'

import type { CallEvent } from '../../src/observability/observer.js'
import type { CacheStatistics, CallStatistics } from '../../src/observability/statistics.js'

/** I28, at any moment: each call that has ended ended in exactly one way. */
export function expectBalance(statistics: CacheStatistics): void {
  const all = [...Object.values(statistics.entries), ...Object.values(statistics.namespaces)]
  for (const counts of [...all, statistics.total]) {
    const { hits, misses, stale, bypassed, errors, calls, running } = counts
    expect(hits + misses + stale + bypassed + errors, JSON.stringify(counts)).to.equal(calls)
    expect(counts.memoryHits + counts.redisHits).to.equal(hits)
    expect(running).to.be.at.least(0)
    expect(sum(Object.values(counts.missReasons))).to.equal(misses)
    expect(counts.missTime.count).to.equal(misses)
    expect(counts.redisHitTime.count).to.equal(counts.redisHits)
    expect(counts.loadFailures).to.be.at.most(counts.loads)
    expect(counts.loadTime.count).to.be.at.most(counts.loads)
  }
  expect(sum(all.slice(0, Object.keys(statistics.entries).length).map(itemsOf))).to.equal(
    statistics.memory.items,
  )
  expect(statistics.total.memoryBytes).to.equal(statistics.memory.bytes)
}

/** I28, when nothing runs any more: as many calls as were made, and as many as were told of. */
export function expectAccount(
  statistics: CacheStatistics,
  calls: number,
  told: readonly CallEvent[],
): void {
  expectBalance(statistics)
  const { total } = statistics
  expect(total).to.include({ calls, running: 0 })
  expect(total.loadTime.count).to.equal(total.loads)
  const of = (outcome: CallEvent['outcome']): number =>
    told.filter((event) => event.outcome === outcome).length
  expect({
    hits: of('hit'),
    misses: of('miss'),
    stale: of('stale'),
    bypassed: of('bypass'),
    errors: of('error'),
  }).to.deep.equal({
    hits: total.hits,
    misses: total.misses,
    stale: total.stale,
    bypassed: total.bypassed,
    errors: total.errors,
  })
}

function itemsOf(counts: CallStatistics): number {
  return counts.memoryItems
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
