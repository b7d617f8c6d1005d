import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { type Gate, gate } from '../support/gate.js'
import { ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

describe('methods that wait for one another', () => {
  /** A method that, once it is let, waits for others and puts together what they bring. */
  const joining = (held: Gate, others: () => readonly Promise<unknown>[]) => async () => {
    await held.wait()
    return (await Promise.all(others())).join('+')
  }

  it('F50: end, though each of three waits for the next', async () => {
    const cache = createCache()
    const gates = { a: gate(), b: gate(), c: gate() }
    const read = (key: string, load: () => Promise<unknown>) => cache.getOrLoad(key, load)
    const unwanted = returning('not joined')
    const a = read(
      'a',
      joining(gates.a, () => [read('b', unwanted)]),
    )
    const b = read(
      'b',
      joining(gates.b, () => [read('c', unwanted)]),
    )
    const c = read(
      'c',
      joining(gates.c, () => [read('a', returning('by itself'))]),
    )
    for (const key of ['a', 'b', 'c'] as const) {
      await gates[key].reached
      gates[key].open()
      await turn()
    }
    expect(await Promise.all([a, b, c])).to.deep.equal(['by itself', 'by itself', 'by itself'])
    await cache.close()
  })

  it('F50: share what two of them wait for both, which is no circle', async () => {
    const cache = createCache()
    const read = (key: string, load: () => Promise<unknown>) => cache.getOrLoad(key, load)
    const unwanted = returning('not joined')
    const gates = { end: gate(), left: gate(), right: gate(), both: gate(), last: gate() }
    const all = [
      read('end', returning('end', gates.end)),
      read(
        'left',
        joining(gates.left, () => [read('end', unwanted)]),
      ),
      read(
        'right',
        joining(gates.right, () => [read('end', unwanted)]),
      ),
      read(
        'both',
        joining(gates.both, () => [read('left', unwanted), read('right', unwanted)]),
      ),
      read(
        'last',
        joining(gates.last, () => [read('both', unwanted)]),
      ),
    ]
    for (const key of ['left', 'right', 'both', 'last', 'end'] as const) {
      await gates[key].reached
      gates[key].open()
      await turn()
    }
    expect(await Promise.all(all)).to.deep.equal(['end', 'end', 'end', 'end+end', 'end+end'])
    await cache.close()
  })

  for (const isAtOnce of [false, true]) {
    const when = isAtOnce ? 'at once' : 'one after the other'
    it(`F50: end, though each of two strict ones asks for the lease of the other, ${when}`, async () => {
      const redis = new ModelRedis()
      const process = await redis.join()
      const entry = process.entry({ consistency: 'strict' })
      const [first, second] = [gate(), gate()]
      const read = (key: string, held: Gate, other: string) =>
        entry.read(
          key,
          joining(held, () => [entry.read(other, returning('by itself'))]),
        )
      let results: unknown
      void Promise.all([read('a', first, 'b'), read('b', second, 'a')]).then((settled) => {
        results = settled
      })
      await first.reached
      await second.reached
      first.open()
      if (!isAtOnce) await turn()
      second.open()
      await turn()
      // Whoever asks second runs the method itself, and the first has waited for that.
      expect(results).to.deep.equal(['by itself', 'by itself'])
    })
  }
})
