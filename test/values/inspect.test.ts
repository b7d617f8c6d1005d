import { Readable } from 'node:stream'

import { expect } from 'chai'
import fc from 'fast-check'

import { inspect } from '../../src/values/inspect.js'
import { measure } from '../../src/values/measure.js'
import { objectOf, plainValue } from './arbitraries.js'
import { differenceOf } from './difference.js'

const LIMIT = 1_000_000

class Account {
  readonly owner = 'somebody'
}

class List extends Array<unknown> {}

/** An array or object nested in itself `depth` times. */
function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

function withHole(): unknown[] {
  const array: unknown[] = [1, 2, 3]
  delete array[1]
  return array
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

describe('inspect', () => {
  it('I25: calls plain what JSON gives back as it was, and nothing else', () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(inspect(value, LIMIT).kind).to.equal('plain')
        expect(differenceOf(JSON.parse(JSON.stringify(value)), value)).to.equal(undefined)
      }),
      { numRuns: 2_000 },
    )
  })

  it('I25: calls rich what only the codec carries', () => {
    const shared = { id: 1 }
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const values = [
      undefined,
      [undefined],
      { a: undefined },
      Number.NaN,
      Infinity,
      [-Infinity],
      -0,
      { a: -0 },
      1n,
      new Date(0),
      new Map(),
      new Set([1]),
      Buffer.from('a'),
      new Uint8Array(2),
      new Float64Array(1),
      new BigInt64Array(1),
      new ArrayBuffer(2),
      new URL('http://a/'),
      Object.create(null),
      [shared, shared],
      circle,
    ]
    for (const value of values) expect(inspect(value, LIMIT).kind).to.equal('rich')
  })

  const refused: readonly (readonly [string, unknown, string, string])[] = [
    ['a function', { run: () => 1 }, 'result.run', 'function'],
    ['a function as toJSON', { at: 1, toJSON: () => 2 }, 'result.toJSON', 'function'],
    ['a method that would make it a promise', { then: () => 1 }, 'result.then', 'function'],
    ['a class', Account, 'result', 'function'],
    ['a symbol', [Symbol('a')], 'result[0]', 'symbol'],
    ['a symbol as a name', { [Symbol('a')]: 1 }, 'result', 'symbol-key'],
    [
      'an instance',
      { items: [1, { owner: new Account() }] },
      'result.items[1].owner',
      'class-instance',
    ],
    ['an array of a class', List.from([1]), 'result', 'class-instance'],
    ['a boxed number', new Number(1), 'result', 'class-instance'],
    ['a stream', Readable.from([]), 'result', 'class-instance'],
    ['a response', new Response('a'), 'result', 'class-instance'],
    ['a view', new DataView(new ArrayBuffer(1)), 'result', 'class-instance'],
    ['a date of a class', new (class extends Date {})(), 'result', 'class-instance'],
    ['an impostor of a Map', Object.create(Map.prototype), 'result', 'class-instance'],
    ['an error', { cause: new TypeError('a') }, 'result.cause', 'error'],
    ['a regular expression (S28)', [/(a+)+$/], 'result[0]', 'regexp'],
    ['a promise', { later: Promise.resolve(1) }, 'result.later', 'promise'],
    ['a proxy', { draft: new Proxy({}, {}) }, 'result.draft', 'proxy'],
    [
      'an accessor',
      {
        get total() {
          return 1
        },
      },
      'result.total',
      'accessor',
    ],
    [
      'a setter',
      Object.defineProperty({}, 'a', { set: () => undefined, enumerable: true }),
      'result.a',
      'accessor',
    ],
    [
      'a hidden property',
      Object.defineProperty({}, 'a', { value: 1 }),
      'result.a',
      'hidden-property',
    ],
    ['a match of an expression', 'abc'.match(/b/), 'result', 'extra-property'],
    ['a Map with a property', Object.assign(new Map(), { a: 1 }), 'result', 'extra-property'],
    ['a Set with a property', Object.assign(new Set(), { a: 1 }), 'result', 'extra-property'],
    ['a Date with a property', Object.assign(new Date(0), { a: 1 }), 'result', 'extra-property'],
    ['a URL with a property', Object.assign(new URL('a:b'), { a: 1 }), 'result', 'extra-property'],
    [
      'a buffer with a property',
      Object.assign(new ArrayBuffer(1), { a: 1 }),
      'result',
      'extra-property',
    ],
    ['a hole', { list: withHole() }, 'result.list', 'sparse-array'],
    [
      'a hole and a name that makes up for it',
      Object.assign(withHole(), { a: 1 }),
      'result',
      'sparse-array',
    ],
    ['a date that is none', { at: new Date(Number.NaN) }, 'result.at', 'invalid-date'],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(2)), 'result', 'unstable-memory'],
    ['memory that was given away', detached(), 'result', 'threw'],
    ['a bigint of 70,000 bits', 1n << 70_000n, 'result', 'huge-bigint'],
    [
      'a reserved name beside a date (S29)',
      { constructor: 'Ferrari', at: new Date(0) },
      'result',
      'reserved-key',
    ],
    [
      'a reserved name beside a date (S29)',
      [objectOf([['__proto__', 1]]), 1n],
      'result',
      'reserved-key',
    ],
    ['501 levels', nested(501), `result${'[0]'.repeat(500)}`, 'too-deep'],
    ['something in a key of a Map', new Map([[{ a: Symbol() }, 1]]), 'result(entry 0).a', 'symbol'],
    ['something in a Set', new Set([1, () => 1]), 'result(member 1)', 'function'],
    [
      'something under a name that is data',
      { 'eve@example.org': () => 1 },
      'result[…]',
      'function',
    ],
  ]
  for (const [description, value, path, reason] of refused) {
    it(`I25: refuses ${description}`, () => {
      expect(inspect(value, LIMIT)).to.deep.equal({ kind: 'refused', path, reason })
    })
  }

  it('S29: takes any name in plain JSON', () => {
    const value = objectOf([
      ['constructor', 1],
      ['__proto__', { polluted: true }],
      ['prototype', []],
    ])
    expect(inspect(value, LIMIT).kind).to.equal('plain')
    expect(inspect(nested(500), LIMIT).kind).to.equal('plain')
  })

  it('I25: runs none of the code that a value brings along, and never throws', () => {
    let runs = 0
    const run = (): never => {
      runs++
      throw new Error('hostile')
    }
    const trap = new Proxy({}, { getPrototypeOf: run, ownKeys: run, get: run, has: run })
    const values = [
      trap,
      Object.create(trap),
      {
        get a(): never {
          return run()
        },
      },
      { toJSON: run },
      { [Symbol.iterator]: run },
      Object.create(URL.prototype),
      Object.create(Date.prototype),
      Object.defineProperty(new Map(), 'size', { get: run }),
    ]
    for (const value of values) expect(inspect(value, LIMIT).kind).to.equal('refused')
    expect(runs).to.equal(0)
  })

  it('F36: stops at the limit, so that 64 MB do not hold up the process for 50 ms', () => {
    const values = [
      Array.from({ length: 1_000_000 }, () => ({ text: 'x'.repeat(40) })),
      Buffer.alloc(64_000_000),
      'é'.repeat(32_000_000),
      Array.from({ length: 8_000_000 }, (_, index) => index),
    ]
    for (const value of values) {
      const before = performance.now()
      const inspection = inspect(value, LIMIT)
      expect(performance.now() - before).to.be.below(50)
      expect(inspection).to.deep.equal({ kind: 'refused', path: 'result', reason: 'too-large' })
    }
  })

  it('weighs long names, which a text repeats, and text of two bytes a character', () => {
    const short = inspect({ a: 1 }, LIMIT)
    const long = inspect({ ['a'.repeat(1_000)]: 1 }, LIMIT)
    expect(long).to.deep.equal({ kind: 'plain', bytes: bytesOf(short) + 1_000 })
    expect(bytesOf(inspect('a'.repeat(500), LIMIT))).to.equal(524)
    expect(bytesOf(inspect('€'.repeat(500), LIMIT))).to.equal(1_024)
  })

  it('estimates a decoded value as it estimated the one that was stored', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`name ${index}`, 1]))
    expect(measure(many)).to.equal(bytesOf(inspect(many, LIMIT)))
    fc.assert(
      fc.property(plainValue, (value) => measure(value) === bytesOf(inspect(value, LIMIT))),
      { numRuns: 2_000 },
    )
  })
})

function bytesOf(inspection: ReturnType<typeof inspect>): number {
  if (inspection.kind === 'refused') throw new Error(inspection.reason)
  return inspection.bytes
}
