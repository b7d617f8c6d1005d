import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { runInNewContext } from 'node:vm'

import { expect } from 'chai'

import {
  cacheKey,
  canonicalOne,
  canonicalText,
  Unkeyable,
  type UnkeyableReason,
} from '../../src/keys/canonical.js'
import { Money, sparseArray } from './arguments.js'

describe('arguments that cannot be a key', () => {
  const circular: { self?: unknown } = {}
  circular.self = circular

  const refused: Record<string, readonly [unknown, UnkeyableReason]> = {
    'a function': [() => 1, 'function'],
    'a symbol': [Symbol('s'), 'symbol'],
    'a class instance': [new (class User {})(), 'class-instance'],
    'a subclass of Array': [new (class List extends Array {})(), 'class-instance'],
    'a subclass of Map': [new (class Table extends Map {})(), 'class-instance'],
    'an Error': [new Error('x'), 'class-instance'],
    'a Promise': [Promise.resolve(1), 'class-instance'],
    'a stream': [Readable.from([]), 'class-instance'],
    'an emitter': [new EventEmitter(), 'class-instance'],
    'a WeakMap': [new WeakMap(), 'class-instance'],
    'a WeakSet': [new WeakSet(), 'class-instance'],
    'a DataView': [new DataView(new ArrayBuffer(1)), 'class-instance'],
    'shared memory': [new SharedArrayBuffer(1), 'class-instance'],
    'a boxed number': [Object(1), 'class-instance'],
    'a boxed string': [Object('1'), 'class-instance'],
    'a boxed boolean': [Object(true), 'class-instance'],
    'a boxed bigint': [Object(1n), 'class-instance'],
    'a generator': [(function* () {})(), 'class-instance'],
    'an object of another realm': [runInNewContext('({ a: 1 })'), 'class-instance'],
    'a cycle': [circular, 'cycle'],
    'a getter': [
      {
        get a() {
          return 1
        },
      },
      'getter',
    ],
    'a setter': [{ set a(_value: number) {} }, 'getter'],
    'a property under a symbol': [{ a: 1, [Symbol('gt')]: 1 }, 'symbol-property'],
    'an array with a property under a symbol': [
      Object.assign([1], { [Symbol('s')]: 1 }),
      'symbol-property',
    ],
    'a Date with a property under a symbol': [
      Object.assign(new Date(), { [Symbol('s')]: 1 }),
      'symbol-property',
    ],
    'bytes with a property under a symbol': [
      Object.assign(new Uint8Array(1), { [Symbol('s')]: 1 }),
      'symbol-property',
    ],
    'a hidden property': [Object.defineProperty({}, 'a', { value: 1 }), 'hidden-property'],
    'an arguments object': [argumentsOf(1), 'symbol-property'],
    'an array with a name': [Object.assign([1], { total: 1 }), 'extra-property'],
    'a sparse array with a name': [Object.assign(sparseArray(2), { total: 1 }), 'extra-property'],
    'an array in which a name makes up for a hole': [
      Object.assign(sparseArray(2, [[1, 1]]), { total: 1 }),
      'extra-property',
    ],
    'the match of a RegExp': [/a/.exec('ba'), 'extra-property'],
    'the strings of a template': [
      ((strings: TemplateStringsArray) => strings)`a`,
      'extra-property',
    ],
    'a Date with a name': [Object.assign(new Date(), { zone: 1 }), 'extra-property'],
    'a Map with a name': [Object.assign(new Map(), { zone: 1 }), 'extra-property'],
    'a Set with a name': [Object.assign(new Set(), { zone: 1 }), 'extra-property'],
    'a RegExp with a name': [Object.assign(/a/, { zone: 1 }), 'extra-property'],
    'a RegExp whose lastIndex is none': [Object.assign(/a/, { lastIndex: () => 1 }), 'function'],
    'a URL with a name': [Object.assign(new URL('http://a'), { zone: 1 }), 'extra-property'],
    'an ArrayBuffer with a name': [
      Object.assign(new ArrayBuffer(1), { zone: 1 }),
      'extra-property',
    ],
    'what only pretends to be a Date': [Object.create(Date.prototype), 'threw'],
    'what only pretends to be a Map': [Object.create(Map.prototype), 'threw'],
    'a key method that throws': [{ __proto__: { [cacheKey]: throwing } }, 'threw'],
  }

  for (const [what, [value, reason]] of Object.entries(refused)) {
    it(`S8: refuses ${what}`, () => {
      for (const text of [canonicalOne(value), canonicalText(['a', { deep: [value] }])]) {
        expect(text).to.be.instanceOf(Unkeyable)
        expect((text as Unkeyable).reason).to.equal(reason)
      }
    })
  }

  it('says where, by names that look like identifiers and never by values', () => {
    const at = (...list: unknown[]): string => (canonicalText(list) as Unkeyable).path
    const no = (): void => {}
    expect(at(1, { filters: { owner: no } })).to.equal('arguments[1].filters.owner')
    expect(at({ 'ada@example.com': no })).to.equal('arguments[0][…]')
    expect(at({ [`a${'b'.repeat(32)}`]: no })).to.equal('arguments[0][…]')
    expect(at([[1, no]])).to.equal('arguments[0][0][1]')
    expect(at(new Map([['secret', no]]))).to.equal('arguments[0].value(0)')
    expect(at(new Map([[no, 'secret']]))).to.equal('arguments[0].key(0)')
    expect(at(new Set(['secret', no]))).to.equal('arguments[0].value(1)')
    expect(at(new Money(no))).to.equal('arguments[0][cacheKey]()[1]')
    expect(at(circular)).to.equal('arguments[0]')
    expect(at({ a: circular })).to.equal('arguments[0].a')
    expect(at(nested(100, 0)).length).to.be.lessThan(200)
    expect(at(...filled(10_001))).to.equal('arguments')
  })

  it('S7: runs no getter to find it', () => {
    let runs = 0
    const get = (): number => ++runs
    const trapped = Object.defineProperty({}, 'a', { get, enumerable: true })
    const sparse = Object.defineProperty(sparseArray(2), 0, { get, enumerable: true })
    const hidden = Object.defineProperty(sparseArray(2, [[1, 2]]), 0, { get })
    for (const value of [trapped, sparse, hidden, { b: 1, c: trapped }]) {
      expect(canonicalOne(value)).to.be.instanceOf(Unkeyable)
    }
    expect(runs).to.equal(0)
  })

  it('S7: trusts neither toJSON nor toString nor Symbol.toStringTag', () => {
    const liar = (a: number): object => ({ a, toString: undefined, toJSON: undefined })
    expect(canonicalOne(liar(1))).to.not.equal(canonicalOne(liar(2)))
    const map = new Map([[1, 2]])
    expect(canonicalOne(Object.setPrototypeOf(map, Map.prototype))).to.equal('Map(1=2)')
    const shadowed = Object.defineProperty(new Map([[1, 2]]), 'size', { value: 0 })
    expect((canonicalOne(shadowed) as Unkeyable).reason).to.equal('extra-property')
  })
})

describe('an instance that says what it is', () => {
  it('is keyed by what its method returns, apart from that value itself', () => {
    expect(canonicalOne(new Money(1))).to.equal(canonicalOne(new Money(1)))
    expect(canonicalOne(new Money(1))).to.not.equal(canonicalOne(new Money(2)))
    expect(canonicalOne(new Money(1))).to.not.equal(canonicalOne(['Money', 1]))
  })

  it('S9: cannot make the walk endless by returning itself', () => {
    const endless = {
      __proto__: {
        [cacheKey]() {
          return this
        },
      },
    }
    expect((canonicalOne(endless) as Unkeyable).reason).to.equal('cycle')
    const growing = {
      __proto__: { [cacheKey]: () => Object.create(Object.getPrototypeOf(growing) as object) },
    }
    expect((canonicalOne(growing) as Unkeyable).reason).to.equal('too-deep')
    const many = Array.from({ length: 6_000 }, () => new Money(1))
    expect((canonicalOne(many) as Unkeyable).reason).to.equal('too-large')
  })
})

describe('a Proxy as an argument', () => {
  it('has the key of what it stands for', () => {
    expect(canonicalOne(new Proxy({ b: [1], a: 2 }, {}))).to.equal(canonicalOne({ a: 2, b: [1] }))
    expect(canonicalOne(new Proxy([1, 'a'], {}))).to.equal(canonicalOne([1, 'a']))
  })

  it('S9: never throws at the caller, whichever trap throws', () => {
    const traps = ['getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor', 'get', 'has'] as const
    for (const target of [{ a: 1 }, [1], new Map()]) {
      for (const trap of traps) {
        const hostile = new Proxy(target, { [trap]: throwing })
        const text = canonicalText(['x', hostile])
        if (text instanceof Unkeyable) expect(text.path).to.equal('arguments[1]')
        else expect(target).to.deep.equal({ a: 1 })
      }
    }
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect((canonicalOne(proxy) as Unkeyable).reason).to.equal('threw')
    const list = new Proxy([], { get: throwing })
    expect((canonicalText(list) as Unkeyable).path).to.equal('arguments')
  })

  it('is refused when it lists a property and denies it, or lies about its length', () => {
    const denying = new Proxy({ a: 1 }, { getOwnPropertyDescriptor: () => undefined })
    expect((canonicalOne(denying) as Unkeyable).reason).to.equal('hidden-property')
    const reasons = {
      NaN: 'too-large',
      Infinity: 'too-large',
      '-1': 'extra-property',
      '1': 'extra-property',
    }
    for (const [length, reason] of Object.entries(reasons)) {
      const lying = new Proxy([1, 2], {
        get: (target, name) => (name === 'length' ? Number(length) : Reflect.get(target, name)),
      })
      expect((canonicalOne(lying) as Unkeyable).reason, length).to.equal(reason)
    }
  })
})

function argumentsOf(_argument: unknown): IArguments {
  return arguments
}

function throwing(): never {
  throw new Error('hostile')
}

function nested(depth: number, leaf: unknown): unknown {
  let value = leaf
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { inner: value }
  return value
}

function filled(length: number): number[] {
  return Array.from({ length }, () => 1)
}
