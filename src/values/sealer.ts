import { compress, decompress, isPlausible } from './compression.js'
import { decode, encode, type Decoded } from './codec.js'
import { Encryption, type EncryptionKeys } from './encryption.js'
import {
  type Compression,
  type Envelope,
  type Header,
  join,
  preambleOf,
  type Rejection,
  split,
} from './envelope.js'
import { inspect, type Kind } from './inspect.js'

/** A value to be stored, with its kind. A `Stored` is one. */
export interface Sealable {
  readonly kind: Kind
  readonly value: unknown
  /** Whether callers share the value and may have changed it since it was inspected. */
  readonly isLive?: boolean
}

/** Limits in bytes. An `EntryPolicy` is one. */
export interface SealLimits {
  /** Texts of at least this size are compressed. Infinity disables compression. */
  readonly compressAbove: number
  /** Longer texts are not stored. */
  readonly maxValueBytes: number
}

/**
 * The serialized text of a value, possibly compressed. Later changes to the value do not affect it.
 */
export interface Packed {
  readonly kind: Kind
  readonly payload: Buffer
  readonly compression?: Compression
}

/** Converts results to the bytes that are stored in Redis, and back. */
export interface Sealer {
  /**
   * Serializes a value. Returns or resolves to undefined when its text is too long or cannot be
   * written. Returns a promise only when it compresses 64 KiB or more; the value has been read by
   * then. Neither throws nor rejects.
   */
  pack(sealable: Sealable, limits: SealLimits): Packed | undefined | Promise<Packed | undefined>
  /**
   * Returns the bytes of an entry; undefined when a token of the header is malformed. Never throws.
   *
   * @param fingerprint 16 bytes of a cryptographic hash of the entry's identity, in latin1
   */
  seal(fingerprint: string, header: Header, packed: Packed): Buffer | undefined
  /**
   * Checks that the bytes are intact and belong to `fingerprint`, and reads the header. Decoding
   * the value costs more and is left to `Opened.decode`. Never throws.
   */
  open(fingerprint: string, bytes: Buffer): Opened | Rejection
}

/** An entry whose header is readable. With encryption, only `decode` authenticates the header. */
export interface Opened {
  readonly header: Header
  readonly kind: Kind
  /**
   * Returns the value, which nobody else holds, or why the entry is rejected. Returns a promise
   * only when it decompresses to 64 KiB or more. Neither throws nor rejects.
   */
  decode(maxValueBytes: number): Decoded | Rejection | Promise<Decoded | Rejection>
}

export interface SealerOptions {
  /** Without it, entries are protected against damage but not against tampering in Redis. */
  readonly encryption?: EncryptionKeys | undefined
}

/** Creates a sealer. @throws CacheConfigurationError for invalid keys */
export function createSealer(options: SealerOptions): Sealer {
  const { encryption } = options
  return new EnvelopeSealer(encryption === undefined ? undefined : new Encryption(encryption))
}

class EnvelopeSealer implements Sealer {
  readonly #encryption: Encryption | undefined

  constructor(encryption: Encryption | undefined) {
    this.#encryption = encryption
  }

  pack(sealable: Sealable, limits: SealLimits): Packed | undefined | Promise<Packed | undefined> {
    try {
      const kind = kindOf(sealable, limits)
      if (kind === undefined) return undefined
      const text = Buffer.from(encode(sealable.value, kind, limits.maxValueBytes))
      if (text.length > limits.maxValueBytes) return undefined
      const plain = { kind, payload: text }
      if (text.length < limits.compressAbove) return plain
      const compressing = compress(text)
      if (!(compressing instanceof Promise)) return { ...plain, ...compressing }
      return compressing.then((compressed) => ({ ...plain, ...compressed }))
    } catch {
      return undefined
    }
  }

  seal(fingerprint: string, header: Header, packed: Packed): Buffer | undefined {
    const encryption = this.#encryption
    const { kind, compression, payload } = packed
    try {
      const key = encryption?.current
      const preamble = preambleOf({ fingerprint, header, kind, compression, key })
      if (encryption === undefined) return join(preamble, undefined, payload)
      const guarded = encryption.protect(preamble, payload)
      return join(preamble, guarded.protection, guarded.payload)
    } catch {
      return undefined
    }
  }

  open(fingerprint: string, bytes: Buffer): Opened | Rejection {
    const envelope = split(fingerprint, bytes)
    if (typeof envelope === 'string') return envelope
    const { protection } = envelope
    // With a key ring, an unprotected entry is refused. Otherwise an attacker with write access to
    // Redis could simply omit the protection.
    const isExpected =
      protection === undefined
        ? this.#encryption === undefined
        : this.#encryption?.hasKey(protection.keyId) === true
    return isExpected ? new OpenedEnvelope(envelope, this.#encryption) : 'unknown-key'
  }
}

function kindOf({ kind, value, isLive }: Sealable, limits: SealLimits): Kind | undefined {
  if (isLive !== true) return kind
  const inspection = inspect(value, limits.maxValueBytes)
  return inspection.kind === 'refused' ? undefined : inspection.kind
}

class OpenedEnvelope implements Opened {
  readonly header: Header
  readonly kind: Kind
  readonly #envelope: Envelope
  readonly #encryption: Encryption | undefined

  constructor(envelope: Envelope, encryption: Encryption | undefined) {
    this.header = envelope.header
    this.kind = envelope.kind
    this.#envelope = envelope
    this.#encryption = encryption
  }

  decode(maxValueBytes: number): Decoded | Rejection | Promise<Decoded | Rejection> {
    const { compression, protection, preamble, payload } = this.#envelope
    const length = Math.max(payload.length, compression?.length ?? 0)
    if (length > maxValueBytes) return 'too-large'
    const packed =
      protection === undefined ? payload : this.#encryption?.open(protection, preamble, payload)
    if (packed === undefined) return 'corrupt'
    if (compression === undefined) return this.#read(packed, maxValueBytes)
    if (!isPlausible(compression, packed)) return 'payload'
    const text = decompress(compression, packed)
    return text instanceof Promise
      ? text.then((whole) => this.#read(whole, maxValueBytes))
      : this.#read(text, maxValueBytes)
  }

  #read(text: Buffer | undefined, maxValueBytes: number): Decoded | Rejection {
    if (text === undefined) return 'payload'
    try {
      const decoded = decode(text.toString('utf8'), this.kind)
      return decoded.bytes > maxValueBytes ? 'too-large' : decoded
    } catch {
      return 'payload'
    }
  }
}
