import type { Isolation } from '../engine/policy.js'
import type { Decoded } from './codec.js'
import { copy, freeze, frozenCopy, plainCopy } from './copy.js'
import { type Accepted, inspect, type Kind, type Refused } from './inspect.js'

/**
 * How a kept value may be accessed. `frozen`: callers share it and cannot change it. `private`:
 * callers get copies. `live`: callers share it and may change it.
 */
export type Holding = 'frozen' | 'private' | 'live'

/**
 * A result in the form it is kept, which knows how to hand it out. One class covers all cases, so
 * that the property access on a hit stays monomorphic.
 */
export class Stored {
  readonly kind: Kind
  /** Estimated size on the heap, in bytes. */
  readonly bytes: number
  /** Whether every caller gets `value` itself. */
  readonly shared: boolean
  /** Whether callers may change `value`, so that `kind` may no longer be true. */
  readonly isLive: boolean
  /** Hand it out only when `shared` is true; otherwise use `take`, which copies. */
  readonly value: unknown

  constructor(about: Accepted, value: unknown, holding: Holding) {
    this.kind = about.kind
    this.bytes = about.bytes
    this.shared = holding !== 'private'
    this.isLive = holding === 'live'
    this.value = value
  }

  /**
   * Returns the value for one caller. Unless it is `live`, the caller cannot change what others
   * get.
   */
  take(): unknown {
    if (this.shared) return this.value
    return this.kind === 'plain' ? plainCopy(this.value) : copy(this.value)
  }
}

/**
 * Returns a result in the form it is kept. The object that the loader returned is neither frozen
 * nor kept, except with `share`. Never throws.
 *
 * @returns why the result is not kept, when it would not survive a round trip or is larger than
 *   `maxValueBytes`
 */
export function prepare(
  value: unknown,
  isolation: Isolation,
  maxValueBytes: number,
): Stored | Refused {
  const about = inspect(value, maxValueBytes)
  if (about.kind === 'refused') return about
  if (isPrimitive(value)) return new Stored(about, value, 'frozen')
  if (isolation === 'share') return new Stored(about, value, 'live')
  try {
    if (about.kind === 'rich') return new Stored(about, copy(value), 'private')
    return isolation === 'freeze'
      ? new Stored(about, frozenCopy(value), 'frozen')
      : new Stored(about, plainCopy(value), 'private')
  } catch {
    // The value itself cannot throw any more, so the stack is exhausted: the caller was deep in it.
    return { kind: 'refused', path: 'result', reason: 'threw' }
  }
}

/** Returns a decoded value in the form it is kept. Nobody else holds it, so it is not copied. */
export function prepareDecoded(decoded: Decoded, isolation: Isolation): Stored {
  const { value } = decoded
  if (isPrimitive(value)) return new Stored(decoded, value, 'frozen')
  if (isolation === 'share') return new Stored(decoded, value, 'live')
  if (isolation === 'copy' || decoded.kind === 'rich') {
    return new Stored(decoded, value, 'private')
  }
  freeze(value)
  return new Stored(decoded, value, 'frozen')
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}
