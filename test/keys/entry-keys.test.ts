import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect } from 'chai'
import * as fc from 'fast-check'

import { canonicalText, Unkeyable } from '../../src/keys/canonical.js'
import { EntryKeys } from '../../src/keys/entry-keys.js'
import { KeyMemo } from '../../src/keys/key-memo.js'
import { argumentList, closePair, sparseArray } from './arguments.js'

/** Keys of an entry, and how many argument lists were remembered for it. */
function keysOf(prefix = 'p/'): { keys: EntryKeys; remembered: () => number } {
  let count = 0
  const keys = new EntryKeys(prefix, (key) => {
    count++
    return key
  })
  return { keys, remembered: () => count }
}

/** What the canonical writer says, and so what the memo may say. */
function canonical(list: readonly unknown[], prefix = 'p/'): string {
  const text = canonicalText(list)
  return typeof text === 'string' ? prefix + text : `${text.reason} at ${text.path}`
}

function asked(keys: EntryKeys, list: readonly unknown[], scope?: string): string {
  const key = keys.keyOf(list, scope)
  return typeof key === 'string' ? key : `${key.reason} at ${key.path}`
}

/** Asks until the list is remembered, if it can be. */
function acquaint(keys: EntryKeys, list: readonly unknown[]): void {
  for (let time = 0; time < 6; time++) keys.keyOf(list, undefined)
}

function search() {
  return {
    userId: 'user-1',
    filters: { active: true, role: 'admin', teams: ['red', 'green', 'blue'], since: undefined },
    page: 1,
    limits: [0.5, 10n, null],
  }
}

describe('EntryKeys', function () {
  this.timeout(120_000)

  it('I26: gives the canonical key of any arguments, remembered or not, 20,000 times', () => {
    let sum = 0
    fc.assert(
      fc.property(argumentList, (list) => {
        const { keys, remembered } = keysOf()
        const key = canonical(list)
        for (let time = 0; time < 5; time++) expect(asked(keys, list)).to.equal(key)
        sum += remembered()
      }),
      { numRuns: 20_000 },
    )
    expect(sum).to.be.greaterThan(2_000)
  })

  it('I26: gives one key to two lists exactly when they are equal, in 100,000 close pairs', () => {
    let sum = 0
    fc.assert(
      fc.property(closePair, ([one, other]) => {
        const { keys, remembered } = keysOf()
        const isEqual = canonical(one) === canonical(other)
        for (let time = 0; time < 3; time++) keys.keyOf(one, undefined)
        sum += remembered()
        expect(asked(keys, one) === asked(keys, other)).to.equal(isEqual)
        expect(asked(keys, other) === asked(keys, one)).to.equal(isEqual)
      }),
      { numRuns: 100_000 },
    )
    expect(sum).to.be.greaterThan(5_000)
  })

  it('recognises arguments that are built anew for every call', () => {
    const { keys, remembered } = keysOf()
    for (let time = 0; time < 50; time++) {
      expect(asked(keys, [search()])).to.equal(canonical([search()]))
    }
    expect(remembered()).to.equal(1)
    acquaint(keys, [JSON.parse('{"__proto__":{"a":1},"constructor":2}')])
    expect(remembered()).to.equal(2)
  })

  it('recognises many lists that come in turn, and remembers each about once', () => {
    const { keys, remembered } = keysOf()
    for (let round = 0; round < 60; round++) {
      for (let id = 0; id < 400; id++) keys.keyOf([{ of: id / 3 }], undefined)
    }
    expect(remembered()).to.be.within(400, 440)
  })

  it('I26: remembers what arguments were, not what they have become', () => {
    const { keys, remembered } = keysOf()
    const argument = search()
    acquaint(keys, [argument])
    expect(remembered()).to.equal(1)
    const changes: (() => void)[] = [
      () => void (argument.userId = 'user-2'),
      () => void (argument.page = 2),
      () => void (argument.filters.teams[2] = 'black'),
      () => void argument.filters.teams.push('white'),
      () => void (argument.filters.active = false),
      () => void delete (argument.filters as Partial<typeof argument.filters>).since,
      () => void (argument.limits[0] = 0.25),
    ]
    const seen = new Set([asked(keys, [argument])])
    for (const change of changes) {
      change()
      expect(asked(keys, [argument])).to.equal(canonical([argument]))
      seen.add(asked(keys, [argument]))
    }
    expect(seen.size).to.equal(changes.length + 1)
  })

  it('S7: knows the order of properties for no difference, and asks no name by its place', () => {
    const { keys } = keysOf()
    const lists = [
      [{ a: 1, b: 2 }],
      [{ b: 2, a: 1 }],
      [{ a: 2, b: 1 }],
      [{ a: 1, c: 2 }],
      [{ a: 1 }, 2],
      [{ a: [1, 2] }],
      [[{ a: 1 }], 2],
      [[{ a: 1 }, 2]],
      [{ a: 1, b: undefined }],
      [{ a: { b: 1 } }],
      [{ a: {}, b: 1 }],
    ]
    for (const list of lists) acquaint(keys, list)
    for (const list of lists) expect(asked(keys, list)).to.equal(canonical(list))
  })

  it('S6: keeps apart what looks alike, after it was remembered', () => {
    const { keys } = keysOf()
    const values = [
      ...[0, -0, NaN, null, undefined, '', '0', 0n, false, 1, '1', 1n, true, 'true', 1.5, 1e21],
      ...['NaN', 'null', 'undefined', [], {}, [[]], [undefined], [null], [1], ['1'], '\ud800'],
      ...['é', 'e\u0301', 2n ** 70n, sparseArray(1), { length: 0 }, Object.create(null)],
    ]
    const lists = values.map((value) => [{ of: value }, 'x'])
    for (const list of lists) acquaint(keys, list)
    for (const list of lists) expect(asked(keys, list)).to.equal(canonical(list))
    const distinct = new Set(lists.map((list) => asked(keys, list)))
    // Both zeros are one, and an object is the same without a prototype.
    expect(distinct.size).to.equal(values.length - 2)
  })

  it('S7: refuses what only looks like a list that it remembers, and runs no getter', () => {
    const { keys, remembered } = keysOf()
    const plain = (): object => ({ a: 1, b: [1, 2] })
    acquaint(keys, [plain()])
    // As what a getter is without being run, and a hole.
    acquaint(keys, [{ a: undefined, b: [1, 2] }])
    acquaint(keys, [{ a: 1, b: [1, undefined] }])
    expect(remembered()).to.equal(3)
    let runs = 0
    function get(): number {
      runs++
      return 1
    }
    const variants: Record<string, object> = {
      getter: Object.defineProperty(plain(), 'a', { get, enumerable: true }),
      setter: Object.defineProperty(plain(), 'a', { set: () => undefined, enumerable: true }),
      hidden: Object.defineProperty(plain(), 'a', { value: 1, enumerable: false }),
      symbol: { ...plain(), [Symbol('gt')]: 1 },
      instance: Object.assign(new (class Page {})(), plain()),
      named: { a: 1, b: Object.assign([1, 2], { c: 3 }) },
      marked: { a: 1, b: Object.assign([1, 2], { [Symbol('s')]: 3 }) },
      raw: { a: 1, b: Object.defineProperty([1, 2], 'raw', { value: [], enumerable: false }) },
      hole: { a: 1, b: Object.assign(sparseArray(2, [[0, 1]]), { c: 2 }) },
      list: { a: 1, b: Object.assign(new (class List extends Array {})(), [1, 2]) },
      arrayLike: { a: 1, b: Object.assign(Object.create(Array.prototype), { 0: 1, 1: 2 }) },
      function: { a: () => 1, b: [1, 2] },
    }
    for (const [name, variant] of Object.entries(variants)) {
      expect(keys.keyOf([variant], undefined), name).to.be.instanceOf(Unkeyable)
      expect(asked(keys, [variant]), name).to.equal(canonical([variant]))
    }
    expect(runs).to.equal(0)
    expect(asked(keys, [plain()])).to.equal(canonical([plain()]))
  })

  it('S9: takes a Proxy for what it shows, and never throws', () => {
    const { keys } = keysOf()
    const plain = { a: 1, b: [1, 2] }
    acquaint(keys, [plain])
    const fail = (): never => {
      throw new Error('trap')
    }
    const proxies = [
      new Proxy(plain, {}),
      { a: 1, b: new Proxy([1, 2], {}) },
      new Proxy(plain, { ownKeys: fail }),
      new Proxy(plain, { getPrototypeOf: fail }),
      new Proxy(plain, { getOwnPropertyDescriptor: () => undefined }),
      { a: 1, b: new Proxy([1, 2], { get: fail }) },
      { a: 1, b: new Proxy([1, 2], { get: (_, name) => (name === 'length' ? NaN : 1) }) },
    ]
    for (const proxy of proxies) {
      for (let time = 0; time < 4; time++) {
        expect(asked(keys, [proxy])).to.equal(canonical([proxy]))
      }
    }
    const lengthless = new Proxy([plain], { get: (_, name) => (name === 'length' ? -1 : plain) })
    for (let time = 0; time < 4; time++) {
      expect(asked(keys, lengthless)).to.equal(canonical(lengthless))
    }
  })

  it('I26: remembers nothing of a value that shows something else each time', () => {
    const { keys, remembered } = keysOf()
    let times = 0
    // It shows 1 to whoever looks it up, 2 to whoever writes it, 1 to whoever remembers it.
    const get = (): number => (times++ % 2 === 0 ? 1 : 2)
    const moody = Object.defineProperty(['x'], 0, { get, enumerable: true })
    for (let time = 0; time < 6; time++) {
      times = 0
      expect(asked(keys, [{ of: moody }])).to.equal(canonical([{ of: [2] }]))
    }
    expect(times).to.equal(3)
    const last = (): number => (++times % 3 === 0 ? NaN : 3)
    const moodier = Object.defineProperty(['x'], 0, { get: last, enumerable: true })
    for (let time = 0; time < 6; time++) {
      times = 0
      expect(asked(keys, [{ of: moodier }])).to.equal(canonical([{ of: [3] }]))
    }
    expect(times).to.equal(3)
    expect(remembered()).to.equal(0)
    expect(asked(keys, [{ of: [1] }])).to.equal(canonical([{ of: [1] }]))
  })

  it('may be asked by what it reads, as a getter in an array may, and mixes nothing up', () => {
    const { keys } = keysOf()
    // What the two readings below would be, were they mixed.
    const mixture = [{ x: 'c', of: ['first', 'after'] }]
    acquaint(keys, mixture)
    const inner = [{ x: 'c', of: [null, null] }]
    const seen = new Set<string>()
    const get = (): string => {
      seen.add(asked(keys, inner))
      return 'first'
    }
    const nested = Object.defineProperty(['', 'after'], 0, { get, enumerable: true })
    for (let time = 0; time < 6; time++) {
      expect(asked(keys, [{ a: 'b', of: nested }])).to.equal(
        canonical([{ a: 'b', of: ['first', 'after'] }]),
      )
    }
    expect([...seen]).to.deep.equal([canonical(inner)])
  })

  it('I27: gives equal arguments another key in another entry and in another scope', () => {
    const one = keysOf('one/').keys
    const other = keysOf('other/').keys
    const seen = new Set<string>()
    for (let time = 0; time < 6; time++) {
      seen.add(asked(one, [search()]))
      seen.add(asked(other, [search()]))
      // Two scopes of one hash.
      seen.add(asked(one, [search()], 'aA'))
      seen.add(asked(one, [search()], 'BB'))
    }
    expect(seen.size).to.equal(4)
  })

  it('I27: finds nothing that was remembered for somebody else, though the hash be the same', () => {
    const memo = new KeyMemo()
    const owner = (id: number, key: string) => ({
      id,
      seed: 1,
      written: () => key,
      stored: () => key,
    })
    const [one, other] = [owner(1, 'one'), owner(2, 'other')]
    for (let time = 0; time < 3; time++) {
      memo.find(one, [search()], undefined)
      memo.note(one, [search()], undefined, 'one')
    }
    expect(memo.find(one, [search()], undefined)).to.equal('one')
    expect(memo.find(other, [search()], undefined)).to.equal(undefined)
  })

  it('gives the string under which memory has the key', () => {
    const first = canonical([search()])
    const stored = new Map<string, string>()
    const keys = new EntryKeys('p/', (key) => {
      stored.set(key, first)
      return 'the stored one'
    })
    acquaint(keys, [search()])
    expect([...stored.keys()]).to.deep.equal([first])
    expect(asked(keys, [search()])).to.equal('the stored one')
  })

  it('leaves what is large to the canonical writer', () => {
    const { keys, remembered } = keysOf()
    const deep = (levels: number): unknown =>
      levels === 0 ? 1 : levels % 2 === 0 ? { a: deep(levels - 1) } : [deep(levels - 1)]
    const lists = [
      [{ text: 'x'.repeat(1_025) }],
      [Array.from({ length: 128 }, (_, index) => index)],
      [Array.from({ length: 100 }, (_, index) => index), Array.from({ length: 100 }, () => true)],
      [Array.from({ length: 70 }, () => ({})), Array.from({ length: 70 }, () => [])],
      [Object.fromEntries(Array.from({ length: 128 }, (_, index) => [`n${index}`, 1]))],
      [
        Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, {}])),
        Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, 1])),
      ],
      [...Array.from({ length: 120 }, (_, index) => index), { a: { b: { c: [1, 2, 3, 4, 5] } } }],
      Array.from({ length: 130 }, (_, index) => index),
      [deep(9)],
      [2n ** 64n, 1],
      [{ never: NaN }],
    ]
    for (const list of lists) {
      acquaint(keys, list)
      expect(asked(keys, list)).to.equal(canonical(list))
    }
    expect(remembered()).to.equal(0)
    acquaint(keys, [deep(8)])
    acquaint(keys, [{ text: 'x'.repeat(1_024) }])
    expect(remembered()).to.equal(2)
  })

  it('F48: remembers no list that comes once, and little where most come once', () => {
    const { keys, remembered } = keysOf()
    for (let id = 0; id < 5_000; id++) keys.keyOf([{ id: `once-${id}` }], undefined)
    expect(remembered()).to.equal(0)
    // It has learnt that looking is in vain, and looks seldom.
    for (let time = 0; time < 15; time++) keys.keyOf([{ id: 'often' }], undefined)
    expect(remembered()).to.equal(0)
    for (let time = 0; time < 200; time++) keys.keyOf([{ id: 'often' }], undefined)
    expect(remembered()).to.equal(1)
  })

  it('goes on with correct keys when more lists come than it remembers', () => {
    const { keys } = keysOf()
    for (let round = 0; round < 3; round++) {
      for (let id = 0; id < 6_000; id++) {
        const list = [{ id: `user-${id}`, at: id / 7 }]
        for (let time = 0; time < 2; time++) expect(asked(keys, list)).to.equal(canonical(list))
      }
    }
  })

  it('keeps nothing alive of large texts that arguments were cut from', () => {
    const { keys, remembered } = keysOf()
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const largeText = (start: number): string =>
      Buffer.alloc(1_000_000, `${start},`).toString('latin1')
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let round = 0; round < 40; round++) {
      const id = largeText(round).slice(0, 40)
      for (let time = 0; time < 4; time++) keys.keyOf([{ id }], id)
    }
    expect(remembered()).to.equal(40)
    // Not remembered, only looked for.
    const parts = Array.from({ length: 40 }, (_, index) => largeText(index).slice(0, 20))
    keys.keyOf(parts, undefined)
    parts.length = 0
    collectGarbage()
    expect(process.memoryUsage().heapUsed - before).to.be.lessThan(20_000_000)
  })
})
