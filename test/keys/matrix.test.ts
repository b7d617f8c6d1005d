import { expect } from 'chai'

import { canonicalOne, canonicalText } from '../../src/keys/canonical.js'
import { fingerprint } from '../../src/keys/hash.js'
import { readable } from '../../src/keys/readable.js'
import { Money, sparseArray } from './arguments.js'

/** Values that keys of other libraries mix up; no two of them are equal. */
const different: readonly unknown[] = [
  ...[undefined, null, true, false, 0, 1, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 53],
  ...[0n, 1n, -1n, 2n ** 64n],
  ...[
    '',
    '0',
    '1',
    '1n',
    'true',
    'null',
    'undefined',
    'NaN',
    '()',
    '[]',
    '{}',
    'a,b',
    '[1]',
    '/a/',
  ],
  ...[
    '1970-01-01T00:00:00.000Z',
    'http://a/',
    '[object Object]',
    'é',
    'e\u0301',
    'а',
    'a\u200b',
    'a',
  ],
  ...['\ud800', '\udc00', '\ufffd', '\ud800\udc00', '"\\ud800"', '!"\\"\\\\ud800"'],
  ...[new Date(0), new Date(1), new Date(NaN)],
  ...[
    [],
    [1],
    ['1'],
    [[]],
    [undefined],
    [null],
    sparseArray(1),
    sparseArray(2, [[1, undefined]]),
    ['a', 'b'],
    ['a,b'],
    [1, 2],
  ],
  ...[
    {},
    { a: 1 },
    { a: '1' },
    { a: undefined },
    { '1': 1 },
    { length: 0 },
    { a: { b: 1 } },
    { 'a.b': 1 },
  ],
  ...[
    new Map(),
    new Map([[1, 2]]),
    new Map([['1', 2]]),
    new Map([[2, 1]]),
    new Set(),
    new Set([1, 2]),
  ],
  ...[
    new Set([2, 1]),
    new Set([[1, 2]]),
    new Uint8Array([1]),
    new Int8Array([1]),
    Buffer.from([1]),
  ],
  ...[
    new Uint8ClampedArray([1]),
    new Uint8Array([1]).buffer,
    new Uint16Array([1]),
    new Int16Array([1]),
  ],
  ...[new Uint32Array([1]), new Int32Array([1]), new Float32Array([1]), new Float64Array([1])],
  ...[new BigInt64Array([1n]), new BigUint64Array([1n]), new Uint8Array(0), new ArrayBuffer(0)],
  ...[/a/, /a/i, /b/, new URL('http://a/'), new URL('http://a/b'), new Money(1), new Money('1')],
  ...[
    JSON.parse('{"__proto__":1}'),
    { constructor: 1 },
    { toString: 1 },
    '__proto__',
    'constructor',
  ],
]

describe('canonical text, for values that are easily taken for one another', () => {
  it(`S6: differs for each two of ${different.length} values, alone, in arrays, objects and lists`, () => {
    const ways: readonly ((value: unknown) => unknown[])[] = [
      (value) => [value],
      (value) => [[value]],
      (value) => [{ a: value }],
      (value) => [value, 'end'],
      (value) => [new Map([[value, value]])],
    ]
    for (const asList of ways) {
      const texts = different.map((value) => canonicalText(asList(value)))
      for (const text of texts) expect(text).to.be.a('string')
      expect(new Set(texts).size).to.equal(different.length)
      const names = texts.map((text) => readable(text as string, 10_000))
      expect(new Set(names).size).to.equal(different.length)
      const prints = texts.map((text) => fingerprint(text as string))
      expect(new Set(prints).size).to.equal(different.length)
    }
  })

  it('S6: tells lists apart that other keys join: ("a","b"), ("a,b"), (["a","b"]), ("a:b","c")', () => {
    const lists: readonly (readonly unknown[])[] = [
      ...[
        [],
        [[]],
        ['a', 'b'],
        ['a,b'],
        [['a', 'b']],
        ['a:b', 'c'],
        ['a', 'b:c'],
        ['a'],
        ['a', ''],
      ],
      ...[
        [1, 2],
        [12],
        [1, '2'],
        ['1', 2],
        ['1', '2'],
        [[1], 2],
        [1, [2]],
        [[1, 2]],
        [null],
        ['', 'a'],
      ],
      ...[[undefined, 1], [null, 1], [1, null], [{}, {}], [{}], [[], []], [[[], []]]],
    ]
    expect(new Set(lists.map((list) => canonicalText(list))).size).to.equal(lists.length)
  })

  it('treats -0 as 0, NaN as itself, and a missing argument as a trailing undefined', () => {
    expect(canonicalOne(-0)).to.equal(canonicalOne(0))
    expect(canonicalText([[-0], 1])).to.equal(canonicalText([[0], 1]))
    expect(canonicalOne(Number.NaN)).to.equal(canonicalOne(Number('x')))
    expect(canonicalText([])).to.equal(canonicalText([undefined, undefined]))
    expect(canonicalText([1, undefined])).to.equal(canonicalText([1]))
    expect(canonicalText([undefined, 1])).to.not.equal(canonicalText([1]))
  })

  it('treats null-prototype objects as plain ones, and views of the same bytes as equal', () => {
    const bare = Object.assign(Object.create(null) as object, { b: 1, a: 2 })
    expect(canonicalOne(bare)).to.equal(canonicalOne({ a: 2, b: 1 }))
    const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3)
    expect(canonicalOne(view)).to.equal(canonicalOne(new Uint8Array([1, 2])))
    // Where bytes have an order, machines of another order have another text.
    expect(canonicalOne(new Uint16Array([1]))).to.match(/^Uint16Array\.(LE\(AQA=|BE\(AAE=)\)$/)
  })

  it('keeps Maps and Sets in their own order, which their users can see', () => {
    const forth = new Map([
      ['name', 1],
      ['age', -1],
    ])
    const back = new Map([
      ['age', -1],
      ['name', 1],
    ])
    expect(canonicalOne(forth)).to.not.equal(canonicalOne(back))
  })

  it('counts the lastIndex of a RegExp, on which its matches depend', () => {
    const used = /a/g
    used.test('aa')
    expect(canonicalOne(used)).to.not.equal(canonicalOne(/a/g))
  })

  it('writes what a person can read', () => {
    expect(canonicalText(['42'])).to.equal('"42')
    expect(canonicalText([42, 'en'])).to.equal("42,'2:en")
    expect(canonicalText([{ page: 2, filter: { tags: ['a', 'b', 'cd'] } }])).to.equal(
      `O(6:filter=O(4:tags=A('1:a"b,'2:cd)),4:page=2)`,
    )
    expect(canonicalText([])).to.equal('()')
    expect(canonicalOne({})).to.equal('O()')
    expect(canonicalOne(new Date(5))).to.equal('Date(5)')
    expect(canonicalOne(sparseArray(2, [[1, 1n]]))).to.equal('A(empty,1n)')
  })
})
