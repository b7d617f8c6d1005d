import { expect } from 'chai'

import { decode } from '../../src/values/codec.js'
import { putTogether } from '../../src/values/rich-reader.js'

/** superjson's text with this value and this `meta`. */
function payload(json: unknown, meta: unknown): string {
  return JSON.stringify({ json, meta })
}

const v = 1

describe('a payload that somebody else wrote', () => {
  afterEach(() => {
    expect(Reflect.ownKeys({})).to.deep.equal([])
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
    expect(Object.prototype).to.not.have.property('polluted')
    expect(Array.prototype).to.not.have.property('polluted')
  })

  const refused: readonly (readonly [string, string])[] = [
    [
      'S27: GHSA-5888-ffcr-r425, a shared reference to the prototype',
      payload(
        { a: { polluted: 1 }, b: null },
        {
          referentialEqualities: { a: ['__proto__.polluted', 'b.constructor.prototype.polluted'] },
          v,
        },
      ),
    ],
    [
      'S27: a path through __proto__',
      payload({ a: null }, { values: { '__proto__.polluted': ['undefined'] }, v }),
    ],
    [
      'S27: a path to constructor',
      payload({ constructor: null }, { values: { constructor: ['undefined'] }, v }),
    ],
    [
      'S27: a path to an own __proto__',
      '{"json":{"__proto__":null},"meta":{"values":{"__proto__":["undefined"]},"v":1}}',
    ],
    [
      'S27: a path through an inherited property',
      payload({ a: null }, { referentialEqualities: { toString: ['a'] }, v }),
    ],
    [
      'S27: a path through a property of a string',
      payload(['a', null], { referentialEqualities: { '0.length': ['1'] }, v }),
    ],
    [
      'S27: a path to the length of an array',
      payload([null], { referentialEqualities: { length: ['0'] }, v }),
    ],
    [
      'S27: an index that the array does not have',
      payload([null], { values: { '4294967294': ['undefined'] }, v }),
    ],
    ['S27: an index that is none', payload([null], { values: { '00': ['undefined'] }, v })],
    [
      'S27: an own __proto__ beside a date',
      '{"json":{"__proto__":{"polluted":1},"a":"1970-01-01T00:00:00.000Z"},"meta":{"values":{"a":["Date"]},"v":1}}',
    ],
    [
      'S27: a place that is taken',
      payload({ a: {}, b: 1 }, { referentialEqualities: { a: ['b'] }, v }),
    ],
    [
      'S27: a number that is shared',
      payload({ a: 1, b: null }, { referentialEqualities: { a: ['b'] }, v }),
    ],
    ['S28: a regular expression', payload('/(a+)+$/', { values: ['regexp'], v })],
    ['S28: an error', payload({ name: 'E', message: 'm' }, { values: ['Error'], v })],
    ['S28: an instance of a class', payload({}, { values: [['class', 'Object']], v })],
    ['S28: a symbol', payload('a', { values: [['symbol', 'a']], v })],
    ['S28: a custom type', payload({}, { values: [['custom', 'toString']], v })],
    [
      'S28: a typed array in superjson’s own way',
      payload(1e9, { values: [['typed-array', 'Uint8Array']], v }),
    ],
    ['S28: a type that does not exist', payload('a', { values: ['function'], v })],
    ['S28: a date that is none', payload('yesterday', { values: ['Date'], v })],
    ['S28: a date in another form', payload('1970-01-01', { values: ['Date'], v })],
    ['S28: a URL that is none', payload('nowhere', { values: ['URL'], v })],
    ['S28: a bigint that is none', payload('0x10', { values: ['bigint'], v })],
    [
      'S28: a bigint of a million digits',
      payload('9'.repeat(1_000_000), { values: ['bigint'], v }),
    ],
    ['S28: a number that JSON can say', payload('17', { values: ['number'], v })],
    ['S28: an undefined that is something', payload(1, { values: ['undefined'], v })],
    ['S28: a Map of no entries', payload([1], { values: ['map'], v })],
    [
      'S28: a Map with a key twice',
      payload(
        [
          [1, 2],
          [1, 3],
        ],
        { values: ['map'], v },
      ),
    ],
    ['S28: a Set with a member twice', payload([1, 1], { values: ['set'], v })],
    ['S28: a Set of an object', payload({}, { values: ['set'], v })],
    ['S28: a Set twice', payload([1], { values: ['set', { '': ['set'] }], v })],
    [
      'S28: a Map whose entry is a Set',
      payload([[1, 2]], { values: ['map', { '0': ['set'] }], v }),
    ],
    [
      'S28: binary data of no kind',
      payload(['Function', 'AAAA'], { values: [['custom', 'binary']], v }),
    ],
    [
      'S28: binary data that is no base64',
      payload(['Buffer', 'A$AA'], { values: [['custom', 'binary']], v }),
    ],
    [
      'S28: binary data that is not whole',
      payload(['Float64Array', 'AAAA'], { values: [['custom', 'binary']], v }),
    ],
    ['S28: binary data that is text', payload('AAAA', { values: [['custom', 'binary']], v })],
    [
      'S28: binary data that is a number',
      payload(['Buffer', 1e9], { values: [['custom', 'binary']], v }),
    ],
    [
      'S28: an array without a prototype',
      payload([], { values: [['custom', 'null-prototype']], v }),
    ],
    [
      'S28: a date of a date',
      payload('1970-01-01T00:00:00.000Z', { values: ['Date', { a: ['Date'] }], v }),
    ],
    ['F37: no value', '{}'],
    ['F37: a number for all', '1'],
    ['F37: an array for all', '[]'],
    ['F37: nothing', ''],
    ['F37: the beginning of an object', '{'],
    ['F37: 512 kB of brackets', '['.repeat(524_288)],
    ['F37: 512 kB of brackets that close', `${'['.repeat(262_144)}${']'.repeat(262_144)}`],
    ['F37: an unknown field', '{"json":1,"else":2}'],
    ['F37: a meta that is none', payload(1, [])],
    ['F37: an unknown field of meta', payload(1, { v, else: 1 })],
    ['F37: another version of meta', payload(1, { values: {}, v: 0 })],
    ['F37: annotations that are none', payload(1, { values: 'Date', v })],
    ['F37: an annotation that is too long', payload('1', { values: ['bigint', {}, {}], v })],
    ['F37: annotations below that are none', payload(['1'], { values: ['set', [['bigint']]], v })],
    ['F37: equalities that are none', payload(1, { referentialEqualities: 1, v })],
    ['F37: equalities that are too many', payload({}, { referentialEqualities: [[], {}, {}], v })],
    ['F37: equalities in an array', payload({}, { referentialEqualities: [[], []], v })],
    [
      'F37: an equality with no places',
      payload({ a: {} }, { referentialEqualities: { a: 'b' }, v }),
    ],
    [
      'F37: an equality with a place that is no path',
      payload({ a: {} }, { referentialEqualities: { a: [1] }, v }),
    ],
    ['F37: a path that ends in an escape', payload({ a: 1 }, { values: { 'a\\': ['bigint'] }, v })],
    [
      'F37: a path with an escape of nothing',
      payload({ a: 1 }, { values: { '\\a': ['bigint'] }, v }),
    ],
  ]
  for (const [description, text] of refused) {
    it(`${description}: is refused as superjson’s text`, () => {
      expect(() => decode(text, 'rich')).to.throw()
    })
  }

  // What inspect would refuse afterwards is refused by the reader already.
  const refusedByReader: readonly (readonly [string, unknown, unknown])[] = [
    ['an inherited property', { a: null }, { referentialEqualities: { toString: ['a'] }, v }],
    ['a method of arrays', [[], null], { referentialEqualities: { '0.map': ['1'] }, v }],
    ['constructor', { constructor: null }, { values: { constructor: ['undefined'] }, v }],
    ['prototype', { a: { prototype: null } }, { values: { 'a.prototype': ['undefined'] }, v }],
  ]
  for (const [description, json, meta] of refusedByReader) {
    it(`S27: a path to ${description} is not followed`, () => {
      expect(() => putTogether(payload(json, meta))).to.throw('a path leads nowhere')
    })
  }

  const refusedAsJson: readonly (readonly [string, string])[] = [
    ['F37: 512 kB of brackets that close', `${'['.repeat(262_144)}${']'.repeat(262_144)}`],
    ['F37: 501 levels', `${'['.repeat(501)}${']'.repeat(501)}`],
    ['F37: a number beyond all numbers', '[1e999]'],
    ['F37: a zero below zero', '{"a":-0}'],
  ]
  for (const [description, text] of refusedAsJson) {
    it(`${description}: is refused as plain JSON`, () => {
      expect(() => decode(text, 'plain')).to.throw()
    })
  }

  it('S27: names that lead nowhere bad are read', () => {
    const text = payload(
      { toString: '1', 'a.b': null },
      { values: { toString: ['bigint'], 'a\\.b': ['undefined'] }, v },
    )
    expect(decode(text, 'rich').value).to.deep.equal({ toString: 1n, 'a.b': undefined })
  })

  it('S27: a megabyte of paths into a Set does not take quadratic time', () => {
    const members = 40_000
    const places = Array.from({ length: members }, (_, index) => `set.${index}.0`)
    const set = Array.from({ length: members }, () => [null])
    const text = payload(
      { shared: {}, set },
      { values: { set: ['set'] }, referentialEqualities: { shared: places }, v },
    )
    const before = performance.now()
    const { value } = decode(text, 'rich')
    expect(performance.now() - before).to.be.below(2_000)
    expect((value as { set: Set<unknown> }).set.size).to.equal(members)
  })
})
