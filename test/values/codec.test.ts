import { expect } from 'chai'
import fc from 'fast-check'
import { SuperJSON } from 'superjson'

import { decode, encode } from '../../src/values/codec.js'
import { inspect, type Kind } from '../../src/values/inspect.js'
import { graphValue, objectOf, storable, treeValue } from './arbitraries.js'
import { differenceOf } from './difference.js'

const LONGEST = 1_000_000

function kindOf(value: unknown): Kind {
  const { kind } = inspect(value, LONGEST)
  if (kind === 'refused') throw new Error('refused')
  return kind
}

/** superjson with our two additions, written down a second time. */
function superJsonWithAdditions(): SuperJSON {
  const superJson = new SuperJSON({ dedupe: true })
  superJson.registerCustom<object, [string, string]>(
    {
      isApplicable: (value): value is object =>
        (ArrayBuffer.isView(value) && !(value instanceof DataView)) || value instanceof ArrayBuffer,
      serialize: (value) => [
        value.constructor.name,
        (ArrayBuffer.isView(value)
          ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
          : Buffer.from(value as ArrayBuffer)
        ).toString('base64'),
      ],
      deserialize: () => ({}),
    },
    'binary',
  )
  superJson.registerCustom<object, Record<string, never>>(
    {
      isApplicable: (value): value is object =>
        typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null,
      serialize: (value) => ({ ...value }),
      deserialize: (value) => Object.assign(Object.create(null) as object, value),
    },
    'null-prototype',
  )
  return superJson
}

describe('the codec', () => {
  it('I25: writes plain JSON as bare JSON', () => {
    expect(encode({ a: [1, 'b', null] }, 'plain', LONGEST)).to.equal('{"a":[1,"b",null]}')
  })

  it('I25: writes a tree as superjson does', () => {
    const superJson = superJsonWithAdditions()
    let compared = 0
    fc.assert(
      fc.property(treeValue, (value) => {
        const text = superJson.stringify(value)
        // It also notes which bigints are equal; we write them out.
        if (kindOf(value) === 'plain' || text.includes('referentialEqualities')) return
        compared++
        expect(JSON.parse(encode(value, 'rich', LONGEST))).to.deep.equal(JSON.parse(text))
      }),
      { numRuns: 5_000 },
    )
    expect(compared).to.be.above(1_000)
  })

  it('I25: writes a shared object once, through superjson itself', () => {
    const leaf = { text: 'x'.repeat(100) }
    let value: unknown = leaf
    for (let level = 0; level < 60; level++) value = [value, value]
    const text = encode(value, kindOf(value), LONGEST)
    expect(text.split(leaf.text).length).to.equal(2)
    expect(differenceOf(decode(text, 'rich').value, value)).to.equal(undefined)
  })

  it('I25: keeps the order of shared members of a Set or Map, which superjson loses', () => {
    const [one, two] = [{ id: 1 }, { id: 2 }]
    const users = [one, two]
    const set = new Set<unknown>([two, null, one, users])
    const value = {
      users,
      set,
      map: new Map<unknown, unknown>([
        [two, set],
        [one, two],
      ]),
    }
    set.add(value.map).add(set)
    const { value: decoded } = decode(encode(value, 'rich', LONGEST), 'rich')
    expect(differenceOf(decoded, value)).to.equal(undefined)
    const superJson = new SuperJSON({ dedupe: true })
    const theirs = superJson.parse(superJson.stringify({ users, set: new Set([two, one]) }))
    expect(differenceOf(theirs, { users, set: new Set([two, one]) })).to.not.equal(undefined)
  })

  it('I25: reads shared bigints and NaNs as superjson writes them', () => {
    const shared = {}
    const value = [shared, shared, 7n, 7n, Number.NaN, Number.NaN, new Set([7n, Number.NaN])]
    const text = encode(value, 'rich', LONGEST)
    expect(text).to.include('"referentialEqualities"')
    expect(differenceOf(decode(text, 'rich').value, value)).to.equal(undefined)
  })

  it('I25: superjson reads what is written without our additions', () => {
    const value = { at: new Date(5), tags: new Set(['a', 1n]), 'a.b': [undefined, -0, Number.NaN] }
    expect(new SuperJSON().parse(encode(value, 'rich', LONGEST))).to.deep.equal(value)
  })

  it('I25: gives up on a text whose paths alone are longer than what is stored', () => {
    const name = 'n'.repeat(1_000)
    let value: unknown = new Date(0)
    for (let level = 0; level < 60; level++) value = { [name]: value, at: new Date(0) }
    expect(() => encode(value, 'rich', LONGEST)).to.throw(RangeError)
    expect(encode(value, 'rich', 1e9).length).to.be.above(LONGEST)
  })

  it('I25: writes nothing while a built-in prototype has a toJSON', () => {
    for (const prototype of [Object.prototype, Array.prototype, String.prototype]) {
      Object.defineProperty(prototype, 'toJSON', { value: () => 1, configurable: true })
      try {
        expect(() => encode({ a: ['b'] }, 'plain', LONGEST)).to.throw('toJSON')
      } finally {
        Reflect.deleteProperty(prototype, 'toJSON')
      }
    }
    expect(encode([], 'plain', LONGEST)).to.equal('[]')
  })

  it('I25: a toJSON that somebody gave to bigint or Date makes no difference', () => {
    const value = { big: 5n, at: new Date(7) }
    Object.defineProperty(BigInt.prototype, 'toJSON', { value: () => 'x', configurable: true })
    try {
      expect(decode(encode(value, 'rich', LONGEST), 'rich').value).to.deep.equal(value)
    } finally {
      Reflect.deleteProperty(BigInt.prototype, 'toJSON')
    }
  })

  it('S29: own properties named like a way to the prototype come back as what they are', () => {
    const value = objectOf([
      ['constructor', 'Ferrari'],
      ['__proto__', { isAdmin: true }],
      ['prototype', { constructor: { name: 'x' } }],
    ])
    const { value: decoded } = decode(encode(value, 'plain', LONGEST), 'plain')
    expect(differenceOf(decoded, value)).to.equal(undefined)
    expect(decoded).to.not.have.property('isAdmin')
  })

  it('I25: whatever is decoded is what inspect accepts', () => {
    fc.assert(
      fc.property(fc.oneof(storable, graphValue), (value) => {
        const kind = kindOf(value)
        const decoded = decode(encode(value, kind, LONGEST), kind)
        expect(inspect(decoded.value, LONGEST)).to.deep.equal({ kind, bytes: decoded.bytes })
      }),
      { numRuns: 1_000 },
    )
  })
})
