import * as fc from 'fast-check'

import { cacheKey } from '../../src/keys/canonical.js'

/** A class that says itself what it is. */
export class Money {
  readonly #amount: unknown

  constructor(amount: unknown) {
    this.#amount = amount
  }

  [cacheKey](): unknown {
    return ['Money', this.#amount]
  }
}

/** Scalars that careless keys mix up; few, so that equal pairs are common. */
const scalar = fc.constantFrom<unknown>(
  ...[undefined, null, true, false, 0, -0, 1, -1, 10, 1e21, 0.1, NaN, Infinity, -Infinity],
  ...[
    0n,
    1n,
    -1n,
    10n,
    2n ** 63n,
    2n ** 64n,
    -(2n ** 64n),
    '',
    '0',
    '1',
    '10',
    'a',
    'A',
    'a,',
    'a:b',
    "'1:a",
    '"',
    '"a',
    ')',
    '()',
  ],
  ...[
    'undefined',
    'null',
    'true',
    'NaN',
    '1n',
    'A()',
    'O(1:a=1)',
    '!',
    '!""',
    '%',
    '{',
    '\n',
    '\0',
  ],
  ...[
    '\ud800',
    '\udc00',
    '\ud800\udc00',
    '\ufffd',
    'é',
    'e\u0301',
    '😀',
    '\u2028',
    'long'.repeat(70),
  ],
)

const name = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    '',
    '1',
    '0',
    'a=',
    '1:a',
    'a=1,1:b',
    '__proto__',
    'constructor',
    '\ud800',
    'é',
  ],
)

/** Stands for a hole until the array is built. */
const hole = Symbol('hole')

const bytes = fc.array(fc.constantFrom(0, 1, 128, 255), { minLength: 0, maxLength: 2 })

const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.constantFrom('ab', 'cd', 'a', '"b', '1:'), { maxLength: 4 }),
    fc.array(fc.option(tie('value'), { nil: hole }), { maxLength: 3 }).map(withHoles),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map(plainObject),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 2 }).map(nullPrototypeObject),
    fc
      .array(fc.tuple(tie('value'), tie('value')), { maxLength: 2 })
      .map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map((elements) => new Set(elements)),
    fc.constantFrom(0, 1, -1, 1e12, NaN).map((time) => new Date(time)),
    fc.tuple(fc.constantFrom('a', 'a,g', '/', '\ud800'), fc.constantFrom('', 'g', 'i')).map(regExp),
    fc.constantFrom('http://a/', 'http://a/?b', 'http://a/#b').map((address) => new URL(address)),
    bytes.map((list) => new Uint8Array(list)),
    bytes.map((list) => new Int8Array(list)),
    bytes.map((list) => new Float64Array(list)),
    bytes.map((list) => Buffer.from(list)),
    bytes.map((list) => new Uint8Array(list).buffer),
    tie('value').map((amount) => new Money(amount)),
  ),
}))

/** Argument lists of everything that can be a key. */
export const argumentList: fc.Arbitrary<unknown[]> = fc.array(anything.value, { maxLength: 3 })

/** Two lists, often equal: one is the other in another order of properties, or with one part replaced. */
export const closePair: fc.Arbitrary<[unknown[], unknown[]]> = fc
  .tuple(argumentList, argumentList, fc.nat({ max: 12 }), scalar)
  .map(([one, unrelated, place, replacement]) => {
    if (place === 12) return [one, unrelated]
    const edit = { left: place, replacement }
    return [one, one.map((argument) => rebuilt(argument, edit))]
  })

/** An array with holes: of this length, and with elements where `entries` says. */
export function sparseArray(length: number, entries: readonly [number, unknown][] = []): unknown[] {
  const array: unknown[] = []
  array.length = length
  for (const [index, element] of entries) array[index] = element
  return array
}

function withHoles(elements: unknown[]): unknown[] {
  const entries = [...elements.entries()].filter(([, element]) => element !== hole)
  return sparseArray(elements.length, entries)
}

function plainObject(entries: [string, unknown][]): object {
  return Object.fromEntries(entries)
}

function nullPrototypeObject(entries: [string, unknown][]): object {
  return Object.setPrototypeOf(Object.fromEntries(entries), null) as object
}

function regExp([source, flags]: [string, string]): RegExp {
  const expression = new RegExp(source, flags)
  expression.lastIndex = source.length - 1
  return expression
}

/** A copy with the properties in the opposite order, in which the leaf number `left` is replaced. */
function rebuilt(value: unknown, edit: { left: number; replacement: unknown }): unknown {
  if (Array.isArray(value)) {
    const copy = sparseArray(value.length)
    for (const index of value.keys()) {
      if (index in value) copy[index] = rebuilt(value[index], edit)
    }
    return copy
  }
  if (value instanceof Map) {
    return new Map([...value].map(([key, element]) => [key, rebuilt(element, edit)]))
  }
  if (value instanceof Set) return new Set([...value].map((element) => rebuilt(element, edit)))
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object Object]' &&
    !(value instanceof Money)
  ) {
    const entries = Object.entries(value).map(([key, element]) => [key, rebuilt(element, edit)])
    return plainObject(entries.reverse() as [string, unknown][])
  }
  return edit.left-- === 0 ? edit.replacement : value
}
