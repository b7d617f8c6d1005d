import { createHash } from 'node:crypto'

import type { Isolation } from '../../src/engine/policy.js'
import type { Decoded } from '../../src/values/codec.js'
import type { EncryptionKeys } from '../../src/values/encryption.js'
import type { Header, Rejection } from '../../src/values/envelope.js'
import { prepare, Stored } from '../../src/values/isolation.js'
import type { Sealable, Sealer, SealLimits } from '../../src/values/sealer.js'

export const MAX_BYTES = 1_000_000

/** Whatever is sealed with these is written as it is. */
export const UNCOMPRESSED: SealLimits = {
  compressAbove: Number.POSITIVE_INFINITY,
  maxValueBytes: MAX_BYTES,
}
export const COMPRESSED: SealLimits = { compressAbove: 0, maxValueBytes: MAX_BYTES }

/** Three markers and a tag. */
export const HEADER: Header = {
  tokens: ['AAAAAAAAAAAAAAAA', 'abcdefgh-_ABCDEF', 'ZYXWVUTSRQPONMLK'],
  tags: [{ id: '________________', token: '0123456789abcdef' }],
}

export const KEYS: EncryptionKeys = {
  current: 'second',
  keys: {
    first: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    second: 'ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=',
  },
}

export function fingerprintOf(identity: string): string {
  return createHash('sha256').update(identity).digest().toString('latin1', 0, 16)
}

/** What memory keeps of a value that can be kept. */
export function keep(value: unknown, isolation: Isolation = 'freeze'): Stored {
  const stored = prepare(value, isolation, MAX_BYTES)
  if (!(stored instanceof Stored)) throw new Error(`${stored.reason} at ${stored.path}`)
  return stored
}

/** Seals what is small enough to be sealed at once. */
export function sealNow(
  sealer: Sealer,
  identity: string,
  sealable: Sealable,
  limits = UNCOMPRESSED,
  header = HEADER,
): Buffer {
  const packed = sealer.pack(sealable, limits)
  const isNow = packed !== undefined && !(packed instanceof Promise)
  const bytes = isNow ? sealer.seal(fingerprintOf(identity), header, packed) : undefined
  if (bytes === undefined) throw new Error('not sealed, or not at once')
  return bytes
}

/** Opens and decodes what is small enough to be decoded at once. */
export function openNow(sealer: Sealer, identity: string, bytes: Buffer): Decoded | Rejection {
  const opened = sealer.open(fingerprintOf(identity), bytes)
  if (typeof opened === 'string') return opened
  const decoded = opened.decode(MAX_BYTES)
  if (decoded instanceof Promise) throw new Error('not decoded at once')
  return decoded
}
