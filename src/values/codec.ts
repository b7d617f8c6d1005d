import type { SuperJSON } from 'superjson'

import { lazy, lazyRequire } from '../lazy.js'
import { binaryNameOf } from './binary.js'
import { inspect, type Kind } from './inspect.js'
import { measure } from './measure.js'
import { putTogether } from './rich-reader.js'
import { BINARY, NULL_PROTOTYPE, takeApart, writeBinary } from './rich-writer.js'

/** A value that was decoded, and that nobody else holds yet. */
export interface Decoded {
  readonly value: unknown
  readonly kind: Kind
  /** Estimated size on the heap, in bytes. */
  readonly bytes: number
}

/**
 * Returns the text of `value`: bare JSON for a plain value, superjson's format for a rich one.
 *
 * @param kind what `inspect` returned for `value`
 * @param longest maximum length of all annotation paths of a rich value, in characters
 * @throws when the value cannot be written after all: its paths are too long, the stack is
 *   exhausted, or a built-in prototype has a `toJSON`, which would change what is written
 */
export function encode(value: unknown, kind: Kind, longest: number): string {
  if ([Object, Array, String, Number, Boolean].some((type) => 'toJSON' in type.prototype)) {
    throw new TypeError('a built-in prototype has a toJSON')
  }
  if (kind === 'plain') return JSON.stringify(value)
  const parts = takeApart(value, longest)
  return parts === undefined ? superJson().stringify(value) : JSON.stringify(parts)
}

/**
 * Returns the value of `text`. Whatever the text contains, the result is a value that `inspect`
 * accepts, and decoding touches and creates nothing else.
 *
 * @throws when the text is not what `encode` writes
 */
export function decode(text: string, kind: Kind): Decoded {
  if (kind === 'plain') {
    const value: unknown = JSON.parse(text)
    return { value, kind, bytes: measure(value) }
  }
  const value = putTogether(text)
  const inspection = inspect(value, Number.POSITIVE_INFINITY)
  if (inspection.kind === 'refused') throw new TypeError('the text holds what is never written')
  return { value, kind, bytes: inspection.bytes }
}

const library = lazyRequire<typeof import('superjson')>('superjson')

/** Created with the first value that has shared references or cycles: many programs have none. */
const superJson = lazy((): SuperJSON => {
  const { SuperJSON } = library()
  // `dedupe` writes a shared object once. Without it, thirty lines of sharing expand to a gigabyte.
  const writer = new SuperJSON({ dedupe: true })
  writer.registerCustom<object, [string, string]>(
    { isApplicable: isBinary, serialize: writeBinary, deserialize: neverRead },
    BINARY,
  )
  writer.registerCustom<object, Record<string, never>>(
    {
      isApplicable: hasNoPrototype,
      serialize: (value) => ({ ...value }),
      deserialize: neverRead,
    },
    NULL_PROTOTYPE,
  )
  return writer
})

function isBinary(value: unknown): value is object {
  return isObject(value) && binaryNameOf(Object.getPrototypeOf(value)) !== undefined
}

function hasNoPrototype(value: unknown): value is object {
  return isObject(value) && Object.getPrototypeOf(value) === null
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function neverRead(): never {
  throw new TypeError('superjson only writes here')
}
