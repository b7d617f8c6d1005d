import type { Isolation } from '../engine/policy.js'
import type { Decoded } from './codec.js'
import { copy, freeze, frozenCopy, plainCopy } from './copy.js'
import { type Accepted, inspect, type Kind, type Refused } from './inspect.js'

/**
 * Who can reach a kept value: everybody, but nobody can change it (`frozen`); nobody, callers get
 * copies (`private`); everybody, and they may change it (`live`).
 */
export type Holding = 'frozen' | 'private' | 'live'

/**
 * A result as it is kept, and how to hand it out. One class for every case, so that the place where
 * a hit takes its value sees objects of one shape.
 */
export class Stored {
  readonly kind: Kind
  /** Estimated bytes on the heap. */
  readonly bytes: number
  /** Whether every caller gets `value` itself. */
  readonly shared: boolean
  /** Whether callers may change `value`, so that it may no longer be what `kind` says. */
  readonly isLive: boolean
  /** Not to be handed out unless it is shared: then it is what `take` copies. */
  readonly value: unknown

  constructor(about: Accepted, value: unknown, holding: Holding) {
    this.kind = about.kind
    this.bytes = about.bytes
    this.shared = holding !== 'private'
    this.isLive = holding === 'live'
    this.value = value
  }

  /** The value for one caller, who cannot change through it what others get. */
  take(): unknown {
    if (this.shared) return this.value
    return this.kind === 'plain' ? plainCopy(this.value) : copy(this.value)
  }
}

/**
 * Makes what is kept of a result. The loader's own object is neither frozen nor kept, except with
 * `share`. Never throws.
 *
 * @returns why it is not kept, when it could not come back as it is, or is larger than
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
    // Nothing in the value throws any more: the stack is exhausted, as the caller was deep in it.
    return { kind: 'refused', path: 'result', reason: 'threw' }
  }
}

/** Makes what is kept of a decoded value: nobody holds it yet, so it is not copied again. */
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
