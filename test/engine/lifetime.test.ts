import { expect } from 'chai'

import { createTestCache } from '../../src/testing.js'
import { returning } from '../support/returning.js'

describe('how long a result is kept', () => {
  for (const nothing of [null, undefined]) {
    it(`I14: is negativeTtl where it is ${nothing}`, async () => {
      const { cache, clock } = createTestCache({ defaults: { ttl: '1h', negativeTtl: '10s' } })
      const read = (value: unknown) => cache.getOrLoad('key', returning(value))
      await read(nothing)
      await clock.advance(8_000)
      expect(await read('something')).to.equal(nothing)
      await clock.advance(2_001)
      expect(await read('something')).to.equal('something')
      await clock.advance(60_000)
      expect(await read('unwanted')).to.equal('something')
      await cache.close()
    })
  }

  for (const ttl of [0, -1, NaN]) {
    it(`is none where the ttl is computed as ${ttl}: each caller gets what was loaded for it`, async () => {
      const { cache } = createTestCache({ defaults: { ttl: () => ttl } })
      const read = (value: string) => cache.getOrLoad('key', returning(value))
      expect(await read('first')).to.equal('first')
      expect(await read('second')).to.equal('second')
      expect(cache.stats().memory.items).to.equal(0)
      await cache.close()
    })
  }
})
