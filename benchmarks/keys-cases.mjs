/** Argument lists, built for each call if real callers do that. */
export const shapes = {
  'short string': fixed(['user-12345']),
  'two numbers': (index) => [index, 7],
  'object of 200 B': fixed([
    {
      ...{ id: 123456, name: 'Ada Lovelace', email: 'ada@example.com', active: true },
      ...{ role: 'admin', team: 'analytics', createdAt: '2024-01-01T00:00:00.000Z' },
      ...{ score: 98.5, locale: 'en-GB', zone: 'Europe/London', page: 3 },
    },
  ]),
  '100 ids': fixed([Array.from({ length: 100 }, (_, index) => `${1_000_000 + index * 37}`)]),
  'string of 4 KiB': fixed(['abcdefgh'.repeat(512)]),
  'Date and Map': fixed([
    new Date(1_700_000_000_000),
    new Map([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]),
  ]),
  'query, built per call': (index) => [
    {
      userId: `u${index & 1023}`,
      filters: { a: index & 7, b: 'x', c: [1, 2, 3] },
      page: index & 15,
      sort: 'name',
    },
  ],
  '100 numbers': fixed([Array.from({ length: 100 }, (_, index) => 1_000_000 + index * 37)]),
  'nested 200 B': fixed([
    {
      filters: { status: 'active', tags: ['a', 'b', 'c'], from: '2024-01-01' },
      ...{ userId: 'user-12345', page: 3, pageSize: 50, locale: 'en-GB' },
      ...{ sort: { field: 'createdAt', order: 'desc' }, include: ['profile', 'teams'] },
    },
  ]),
}

/** The six shapes that have a target; the others complete the picture. */
export const targets = Object.keys(shapes).slice(0, 6)

/** Lists whose keys must differ. */
export const different = {
  '1 and "1"': [[1], ['1']],
  '1 and 1n': [[1], [1n]],
  'true and "true"': [[true], ['true']],
  'null and undefined': [
    [null, 1],
    [undefined, 1],
  ],
  'NaN and null': [[NaN], [null]],
  'Infinity and null': [[Infinity], [null]],
  'absent and undefined': [[{}], [{ a: undefined }]],
  'hole and undefined': [[Array(1)], [[undefined]]],
  '("a","b") and (["a","b"])': [['a', 'b'], [['a', 'b']]],
  '("a","b") and ("a,b")': [['a', 'b'], ['a,b']],
  '("a:b","c") and ("a","b:c")': [
    ['a:b', 'c'],
    ['a', 'b:c'],
  ],
  'a Date and its ISO string': [[new Date(0)], ['1970-01-01T00:00:00.000Z']],
  'two Dates': [[new Date(0)], [new Date(1)]],
  'an invalid Date and null': [[new Date(NaN)], [null]],
  'two Maps': [[new Map([['a', 1]])], [new Map([['a', 2]])]],
  'two Sets': [[new Set([1])], [new Set([2])]],
  'a Map and {}': [[new Map()], [{}]],
  'two RegExps': [[/a/], [/b/]],
  'a URL and its text': [[new URL('http://a/')], ['http://a/']],
  'Uint8Array and Int8Array': [[new Uint8Array([1])], [new Int8Array([1])]],
  'Uint8Array and Buffer': [[new Uint8Array([1])], [Buffer.from([1])]],
  'two ArrayBuffers': [[new Uint8Array([1]).buffer], [new Uint8Array([2]).buffer]],
  'two lone surrogates': [['\ud800'], ['\udc00']],
  'a lone surrogate and U+FFFD': [['\ud800'], ['\ufffd']],
  'a value and its toJSON': [[{ toJSON: () => 'x', a: 1 }], ['x']],
  'two values with one toJSON': [[{ a: 1, toJSON: () => 'x' }], [{ a: 2, toJSON: () => 'x' }]],
  'two symbol-keyed objects': [[{ [Symbol.for('gt')]: 1 }], [{ [Symbol.for('gt')]: 2 }]],
  'two functions of one text': [[scaledBy(2)], [scaledBy(3)]],
}

/** Lists whose keys must be equal. */
export const equal = {
  'order of properties': [[{ a: 1, b: { c: 1, d: 2 } }], [{ b: { d: 2, c: 1 }, a: 1 }]],
  'NaN and NaN': [[NaN], [NaN]],
  'two equal Dates': [[new Date(5)], [new Date(5)]],
  'two equal Maps': [[new Map([['a', 1]])], [new Map([['a', 1]])]],
  'two equal bigints': [[10n], [10n]],
  'missing and trailing undefined': [[1], [1, undefined]],
}

/** Arguments that must be refused or accepted quickly, without an error for the caller. */
export function hostile() {
  const cycle = {}
  cycle.self = cycle
  let deep = 1
  for (let level = 0; level < 10_000; level++) deep = [deep]
  let shared = 1
  for (let level = 0; level < 60; level++) shared = [shared, shared]
  return {
    'string of 50 MB': 'x'.repeat(50_000_000),
    'a million elements': Array.from({ length: 1_000_000 }, (_, index) => index),
    'depth 10,000': deep,
    'a cycle': cycle,
    '2^60 paths': shared,
    'a getter that hangs': Object.defineProperty({}, 'value', { get: hang, enumerable: true }),
    'a toString that throws': { toString: scaledBy(1) },
    'a Proxy that throws': new Proxy({}, { ownKeys: () => scaledBy(1)() }),
    'Map of a million': new Map(Array.from({ length: 1_000_000 }, (_, index) => [index, index])),
    'bigint of a million bits': 1n << 1_000_000n,
    '9,999 bigints of 16,000 bits': Array.from({ length: 9_999 }, () => (1n << 16_000n) - 1n),
    '9,999 long strings': Array.from({ length: 9_999 }, () => 'y'.repeat(200_000)),
    '16,000 lone surrogates': ['\ud800'.repeat(16_000)],
    '9,999 objects': Array.from({ length: 3_333 }, (_, index) => ({ a: index, b: 1 })),
    '20,000 properties': Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`n${index}`, index]),
    ),
    'a million properties': Object.fromEntries(
      Array.from({ length: 1_000_000 }, (_, index) => [`n${index}`, index]),
    ),
  }
}

function hang() {
  for (;;);
}

function scaledBy(factor) {
  return (value) => value.number * factor
}

function fixed(list) {
  return () => list
}
