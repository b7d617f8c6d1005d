import { expect } from 'chai'

import { resolveCacheOptions } from '../../src/resolve-cache-options.js'
import { Composition } from '../../src/composition.js'
import { readDistinctKeys } from './distinct-keys.js'

const KEYS = 20_000
const memory = { maxItems: 2_000, maxBytes: 500_000 }

describe('A cache that is asked for ever new keys', () => {
  for (const [bound, limits] of Object.entries({
    items: { ...memory, maxBytes: 100_000_000 },
    bytes: { ...memory, maxItems: 100_000 },
  })) {
    it(`F48, S25: keeps within its ${bound}, and counts exactly what it keeps`, async function () {
      this.timeout(60_000)
      const { cache, parts } = new Composition(
        resolveCacheOptions({ memory: limits }),
        () => undefined,
      )
      let [most, largest] = [0, 0]
      await readDistinctKeys(cache, KEYS, () => {
        const { items, bytes } = cache.stats().memory
        most = Math.max(most, items)
        largest = Math.max(largest, bytes)
      })
      const { memory: kept, total } = cache.stats()
      expect(most).to.be.at.most(limits.maxItems)
      expect(largest).to.be.at.most(limits.maxBytes)
      expect(bound === 'items' ? most : largest).to.be.above(
        0.99 * (bound === 'items' ? limits.maxItems : limits.maxBytes),
      )
      expect(total.loads).to.equal(KEYS)
      expect(kept.capacityEvictions).to.equal(KEYS - kept.items)
      expect({ items: total.memoryItems, bytes: total.memoryBytes }).to.deep.equal({
        items: kept.items,
        bytes: kept.bytes,
      })
      expect({ flights: parts.flights.size, fences: parts.fences.size }).to.deep.equal({
        flights: 0,
        fences: 0,
      })
      await cache.close()
    })
  }
})
