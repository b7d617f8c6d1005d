import { lazyRequire } from '../lazy.js'
import { Cursor } from './cursor.js'
import type { Kind } from './inspect.js'

/**
 * The token a tag had when an entry was stored. Both fields are 96 bits in base64url: 16
 * characters.
 */
export interface TagStamp {
  readonly id: string
  readonly token: string
}

/** The state an entry was loaded under. It may be served only while all of this is current. */
export interface Header {
  /** Up to three tokens, each 96 bits in base64url. */
  readonly tokens: readonly string[]
  readonly tags: readonly TagStamp[]
}

/** How a payload was compressed. */
export interface Compression {
  readonly algorithm: number
  /** Size before compression in bytes, as declared by the writer. */
  readonly length: number
}

/** How a payload was encrypted or signed. */
export interface Protection {
  readonly mode: 'encrypt' | 'sign'
  readonly keyId: string
  /** 12 bytes. */
  readonly nonce: Buffer
  /** 16 bytes. */
  readonly tag: Buffer
}

/** The parsed bytes of an entry. */
export interface Envelope {
  readonly header: Header
  readonly kind: Kind
  readonly compression: Compression | undefined
  readonly protection: Protection | undefined
  /** Everything before the nonce, which the protection authenticates together with the payload. */
  readonly preamble: Buffer
  readonly payload: Buffer
}

/**
 * Why the bytes of an entry are not used.
 * - `format`: another version of this library wrote it. Never overwrite or delete it.
 * - `corrupt`: the checksum or the protection does not match.
 * - `identity`: it belongs to another logical key that has the same name in Redis.
 * - `payload`: the checksum matches, but the payload cannot be decoded.
 * - `too-large`: it exceeds, or claims to exceed, what this process stores.
 * - `unknown-key`: it is not protected by a key of the ring.
 */
export type Rejection = 'format' | 'corrupt' | 'identity' | 'payload' | 'too-large' | 'unknown-key'

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

const FINGERPRINT_BYTES = 16

const FORMAT = 1
const CHECKSUM_BYTES = 8
const TOKEN_BYTES = 12
const NONCE_BYTES = 12
const TAG_BYTES = 16
const MOST_TAGS = 65_535

/** The bits of the second byte. An entry that sets the unused bit is rejected as `format`. */
const FLAG = {
  tokens: 3,
  rich: 4,
  compressed: 8,
  encrypted: 16,
  signed: 32,
  tagged: 64,
  unused: 128,
}

/** The parts of the bytes before the nonce. */
export interface PreambleParts {
  /** 16 bytes, in latin1. */
  readonly fingerprint: string
  readonly header: Header
  readonly kind: Kind
  readonly compression: Compression | undefined
  readonly key: Pick<Protection, 'mode' | 'keyId'> | undefined
}

/**
 * Returns the bytes of an entry that precede the protection: format, flags, fingerprint, tokens,
 * tags, compression, key id.
 *
 * @throws RangeError when a token is not 96 bits in base64url, or there are too many
 */
export function preambleOf(parts: PreambleParts): Buffer {
  const { fingerprint, header, compression, key } = parts
  const { tokens, tags } = header
  const bytes = Buffer.allocUnsafe(lengthOf(parts))
  bytes[0] = FORMAT
  bytes[1] = flagsOf(parts)
  let at = 2 + bytes.write(fingerprint, 2, 'latin1')
  for (const token of tokens) at = writeToken(bytes, token, at)
  if (tags.length > 0) at = bytes.writeUInt16BE(tags.length, at)
  for (const { id, token } of tags) at = writeToken(bytes, token, writeToken(bytes, id, at))
  if (compression !== undefined) {
    at = bytes.writeUInt32BE(compression.length, bytes.writeUInt8(compression.algorithm, at))
  }
  if (key !== undefined) {
    at = bytes.writeUInt8(key.keyId.length, at)
    bytes.write(key.keyId, at, 'latin1')
  }
  return bytes
}

function lengthOf({ fingerprint, header, compression, key }: PreambleParts): number {
  const { tokens, tags } = header
  if (fingerprint.length !== FINGERPRINT_BYTES) throw new RangeError('fingerprint')
  if (tokens.length > FLAG.tokens || tags.length > MOST_TAGS) throw new RangeError('header')
  const markers = tokens.length * TOKEN_BYTES
  const stamps = tags.length === 0 ? 0 : 2 + tags.length * 2 * TOKEN_BYTES
  const compressed = compression === undefined ? 0 : 5
  const keyed = key === undefined ? 0 : 1 + key.keyId.length
  return 2 + FINGERPRINT_BYTES + markers + stamps + compressed + keyed
}

function flagsOf({ header, kind, compression, key }: PreambleParts): number {
  let flags = header.tokens.length
  if (kind === 'rich') flags |= FLAG.rich
  if (compression !== undefined) flags |= FLAG.compressed
  if (key !== undefined) flags |= key.mode === 'encrypt' ? FLAG.encrypted : FLAG.signed
  if (header.tags.length > 0) flags |= FLAG.tagged
  return flags
}

function writeToken(bytes: Buffer, token: string, at: number): number {
  if (token.length !== 16 || bytes.write(token, at, TOKEN_BYTES, 'base64url') !== TOKEN_BYTES) {
    throw new RangeError('token')
  }
  return at + TOKEN_BYTES
}

/** Joins the parts of an entry and appends their checksum. */
export function join(
  preamble: Buffer,
  protection: Protection | undefined,
  payload: Buffer,
): Buffer {
  const extra = protection === undefined ? 0 : NONCE_BYTES + TAG_BYTES
  const end = preamble.length + extra + payload.length
  const bytes = Buffer.allocUnsafe(end + CHECKSUM_BYTES)
  let at = preamble.copy(bytes)
  if (protection !== undefined) {
    at += protection.nonce.copy(bytes, at)
    at += protection.tag.copy(bytes, at)
  }
  payload.copy(bytes, at)
  bytes.write(checksumOf(bytes.subarray(0, end)), end, 'latin1')
  return bytes
}

/**
 * Parses an entry's bytes if they are intact and belong to `fingerprint`. Copies nothing.
 *
 * The frame is the same in every format version: the first byte is the version and the last eight
 * are the checksum. So an entry of a newer version can be told from corruption.
 */
export function split(fingerprint: string, bytes: Buffer): Envelope | Rejection {
  const end = bytes.length - CHECKSUM_BYTES
  if (end < 2) return 'corrupt'
  const content = bytes.subarray(0, end)
  if (checksumOf(content) !== bytes.toString('latin1', end)) return 'corrupt'
  if (content[0] !== FORMAT) return 'format'
  const flags = content[1] as number
  const isProtectedTwice = (flags & FLAG.encrypted) !== 0 && (flags & FLAG.signed) !== 0
  if ((flags & FLAG.unused) !== 0 || isProtectedTwice) return 'format'
  if (content.toString('latin1', 2, 2 + FINGERPRINT_BYTES) !== fingerprint) return 'identity'
  try {
    return parse(content, flags)
  } catch {
    // The bytes end too early although the checksum matches, so no version of this library wrote
    // them.
    return 'corrupt'
  }
}

function checksumOf(content: Buffer): string {
  return cryptography().hash('sha256', content, 'binary').slice(0, CHECKSUM_BYTES)
}

function parse(content: Buffer, flags: number): Envelope {
  const cursor = new Cursor(content, 2 + FINGERPRINT_BYTES)
  const tokens: string[] = []
  for (let left = flags & FLAG.tokens; left > 0; left--) tokens.push(cursor.token())
  const tags: TagStamp[] = []
  if ((flags & FLAG.tagged) !== 0) {
    for (let left = cursor.number(2); left > 0; left--) {
      tags.push({ id: cursor.token(), token: cursor.token() })
    }
  }
  const compression =
    (flags & FLAG.compressed) === 0
      ? undefined
      : { algorithm: cursor.number(1), length: cursor.number(4) }
  const isProtected = (flags & (FLAG.encrypted | FLAG.signed)) !== 0
  const keyId = isProtected ? cursor.take(cursor.number(1)).toString('latin1') : ''
  const preamble = cursor.passed()
  const protection = isProtected
    ? {
        mode: (flags & FLAG.encrypted) === 0 ? ('sign' as const) : ('encrypt' as const),
        keyId,
        nonce: cursor.take(NONCE_BYTES),
        tag: cursor.take(TAG_BYTES),
      }
    : undefined
  const kind = (flags & FLAG.rich) === 0 ? 'plain' : 'rich'
  return {
    header: { tokens, tags },
    kind,
    compression,
    protection,
    preamble,
    payload: cursor.rest(),
  }
}
