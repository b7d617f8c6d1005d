import { expect } from 'chai'

import {
  HistoryChecker,
  type HistoryReport,
  type InvalidationEvent,
  type LoadEvent,
  type ReadEvent,
} from './history-checker.js'
import { seededRandom } from './random.js'

const BOUND = 2_000

describe('HistoryChecker', () => {
  const read = (event: Partial<ReadEvent>): ReadEvent => ({
    process: 0,
    start: 0,
    end: event.start ?? 0,
    key: 1,
    version: 1,
    load: event.version ?? 1,
    isStrict: false,
    ...event,
  })
  const evict = (event: Partial<InvalidationEvent>): InvalidationEvent => ({
    process: 1,
    end: 100,
    key: 1,
    version: 2,
    isConfirmed: true,
    ...event,
  })
  const kindsIn = (
    invalidations: readonly InvalidationEvent[],
    reads: readonly ReadEvent[],
  ): string[] => {
    const checker = new HistoryChecker(BOUND)
    for (const event of invalidations) checker.invalidated(event)
    for (const event of reads) checker.read(event)
    return checker.report().violations.map(({ kind }) => kind)
  }

  it('finds strict reads, and reads of the own process, that come too late for what they bring', () => {
    expect(kindsIn([evict({})], [read({ start: 101, isStrict: true })])).to.deep.equal(['strict'])
    expect(kindsIn([evict({})], [read({ start: 101, process: 1 })])).to.deep.equal(['own'])
  })

  it('allows bounded reads of other processes the bound, and no more', () => {
    expect(kindsIn([evict({})], [read({ start: 100 + BOUND })])).to.deep.equal([])
    expect(kindsIn([evict({})], [read({ start: 101 + BOUND })])).to.deep.equal(['bounded'])
  })

  it('allows what had begun before, what is young enough, and other keys', () => {
    const allowed = [
      read({ start: 99, end: 5_000, isStrict: true }),
      read({ start: 101, version: 2, isStrict: true }),
      read({ start: 101, key: 2, isStrict: true }),
    ]
    for (const event of allowed) expect(kindsIn([evict({})], [event])).to.deep.equal([])
  })

  it('asks nobody else to know of what Redis did not confirm', () => {
    const unconfirmed = evict({ isConfirmed: false })
    expect(kindsIn([unconfirmed], [read({ start: 9_000, isStrict: true })])).to.deep.equal([])
    expect(kindsIn([unconfirmed], [read({ start: 101, process: 1 })])).to.deep.equal(['own'])
  })

  it('finds the right one among invalidations that ended in another order', () => {
    const events = [evict({ version: 4, end: 400 }), evict({ version: 3, end: 100 })]
    expect(kindsIn(events, [read({ start: 200, version: 2, isStrict: true })])).to.have.length(1)
    expect(kindsIn(events, [read({ start: 200, version: 3, isStrict: true })])).to.have.length(0)
  })

  it('finds a process that reads an older version after a younger one', () => {
    const reads = [read({ start: 10, end: 20, version: 5 }), read({ start: 21, version: 4 })]
    expect(kindsIn([], reads)).to.deep.equal(['backwards'])
    const overlapping = [read({ start: 10, end: 20, version: 5 }), read({ start: 15, version: 4 })]
    expect(kindsIn([], overlapping)).to.deep.equal([])
  })

  it('finds it also while what is newer is under way, or was not confirmed', () => {
    const reads = [read({ start: 10, end: 20, version: 2 }), read({ start: 21, version: 1 })]
    expect(kindsIn([evict({ end: 30 })], reads)).to.deep.equal(['backwards'])
    expect(kindsIn([evict({ end: 5, isConfirmed: false })], reads)).to.deep.equal(['backwards'])
  })

  it('counts apart what two loads brought that ran at the same time, and only that', () => {
    const judge = (older: LoadEvent, newer: LoadEvent): HistoryReport => {
      const checker = new HistoryChecker(BOUND)
      for (const load of [older, newer]) checker.loaded(load)
      checker.read(read({ start: 10, end: 20, version: 2, load: newer.load }))
      checker.read(read({ start: 21, version: 1, load: older.load }))
      return checker.report()
    }
    const newer = { load: 2, start: 5, end: 20 }
    const overlapping = judge({ load: 1, start: 1, end: 6 }, newer)
    expect(overlapping.counts).to.deep.equal({})
    expect(overlapping.overlaps).to.equal(1)
    const earlier = judge({ load: 1, start: 1, end: 5 }, newer)
    expect(earlier.counts).to.deep.equal({ backwards: 1 })
    expect(earlier.overlaps).to.equal(0)
  })

  it('finds a younger version behind one that an overlapping load brought', () => {
    const checker = new HistoryChecker(BOUND)
    checker.loaded({ load: 1, start: 0, end: 10 })
    checker.loaded({ load: 2, start: 20, end: 30 })
    checker.loaded({ load: 3, start: 5, end: 40 })
    checker.read(read({ start: 30, end: 31, version: 2, load: 2 }))
    checker.read(read({ start: 40, end: 41, version: 3, load: 3 }))
    checker.read(read({ start: 50, version: 1, load: 1 }))
    expect(checker.report().counts).to.deep.equal({ backwards: 1 })
  })

  it('counts by how much bounded reads lag', () => {
    const checker = new HistoryChecker(BOUND)
    checker.invalidated(evict({}))
    for (const start of [101, 400, 1_200]) checker.read(read({ start }))
    const { laggards, longestLag } = checker.report()
    expect(laggards).to.deep.equal({ '0': 3, '250': 2, '1000': 1, '2000': 0, '10000': 0 })
    expect(longestLag).to.equal(1_100)
  })

  for (const [name, fenced] of [
    ['finds what a cache without fences does wrong', false],
    ['finds nothing in a cache that drops what an evict has overtaken', true],
  ] as const) {
    it(name, async () => {
      const report = await simulate(fenced)
      expect(report.reads).to.be.above(1_000)
      if (fenced) expect(report.violations).to.deep.equal([])
      else expect(report.violations.map(({ kind }) => kind)).to.include('strict')
    })
  }
})

/** A cache of a few lines: whatever was loaded is kept until it is evicted, by whomever. */
async function simulate(fenced: boolean): Promise<ReturnType<HistoryChecker['report']>> {
  const checker = new HistoryChecker(BOUND)
  const random = seededRandom(1)
  const entries = new Map<number, number>()
  const evictions = new Map<number, number>()
  const rows = [1, 1, 1]
  let now = 0
  const turns = async (): Promise<void> => {
    for (let count = Math.floor(random() * 4); count >= 0; count -= 1) await Promise.resolve()
  }
  const load = async (key: number): Promise<number> => {
    const before = evictions.get(key) ?? 0
    const seen = rows[key] ?? 0
    await turns()
    if (!fenced || before === (evictions.get(key) ?? 0)) entries.set(key, seen)
    return seen
  }
  const client = async (process: number): Promise<void> => {
    for (let step = 0; step < 1_000; step += 1) {
      const key = Math.floor(random() * rows.length)
      const start = ++now
      if (random() < 0.2) {
        const version = (rows[key] ?? 0) + 1
        rows[key] = version
        await turns()
        entries.delete(key)
        evictions.set(key, (evictions.get(key) ?? 0) + 1)
        checker.invalidated({ process, end: ++now, key, version, isConfirmed: true })
      } else {
        const version = entries.get(key) ?? (await load(key))
        checker.read({ process, start, end: ++now, key, version, load: version, isStrict: true })
      }
      await turns()
    }
  }
  await Promise.all([client(0), client(1)])
  return checker.report()
}
