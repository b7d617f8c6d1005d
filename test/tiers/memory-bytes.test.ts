import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'

const ENTRIES = 20_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function heapUsed(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  return process.memoryUsage().heapUsed
}

function valueOf(index: number): object {
  return { id: index, score: index * 2, isActive: true, rank: 1 }
}

describe('memory of a cache in memory', function () {
  this.timeout(60_000)

  it('F48: takes no more than 280 bytes for an entry beyond its value', async () => {
    const cache = createCache({ prefix: 'bytes' })
    try {
      const rows = cache.namespace('rows')
      await rows.getOrLoad('first', async () => valueOf(0))
      const before = await heapUsed()
      for (let index = 0; index < ENTRIES; index++) {
        await rows.getOrLoad(`row-${index}`, async () => valueOf(index))
      }
      const cached = (await heapUsed()) - before
      const values = Array.from({ length: ENTRIES }, (_, index) => valueOf(index))
      const own = (await heapUsed()) - before - cached - 8 * values.length
      expect(await rows.has('row-0')).to.equal(true)
      expect((cached - own) / ENTRIES).to.be.lessThan(280)
    } finally {
      await cache.close()
    }
  })
})
