import { lazyRequire } from '../lazy.js'
import type { Compression } from './envelope.js'

const zlib = lazyRequire<typeof import('node:zlib')>('node:zlib')

/** The algorithm byte. There is one algorithm so far: Brotli took as long and saved no more. */
const DEFLATE_RAW = 1

/** Compression level 1: higher levels save a tenth more in twice the time. */
const LEVEL = 1

/** From this text size on, in bytes, compression runs in a thread of libuv's pool. */
const SYNC_BELOW = 65_536

/** DEFLATE reaches at most 1,032 to 1. A header that promises more states a wrong length. */
const HIGHEST_RATIO = 1_040

/** A compressed payload, and what is needed to decompress it. */
export interface Compressed {
  readonly compression: Compression
  readonly payload: Buffer
}

/**
 * Compresses `text`: synchronously below 64 KiB, in a thread above. Returns or resolves to
 * undefined when that does not make it smaller. The promise never rejects.
 */
export function compress(text: Buffer): Compressed | undefined | Promise<Compressed | undefined> {
  if (text.length < SYNC_BELOW) {
    return smaller(text, zlib().deflateRawSync(text, { level: LEVEL }))
  }
  return new Promise((resolve) => {
    zlib().deflateRaw(text, { level: LEVEL }, (error, payload) => {
      resolve(error === null ? smaller(text, payload) : undefined)
    })
  })
}

function smaller(text: Buffer, payload: Buffer): Compressed | undefined {
  if (payload.length >= text.length) return undefined
  return { compression: { algorithm: DEFLATE_RAW, length: text.length }, payload }
}

/**
 * Whether `compression` is credible, checked before anything is decompressed: the algorithm is
 * known and the length is possible. This stops decompression bombs.
 */
export function isPlausible(compression: Compression, payload: Buffer): boolean {
  return (
    compression.algorithm === DEFLATE_RAW &&
    compression.length <= HIGHEST_RATIO * payload.length &&
    compression.length > 0
  )
}

/**
 * Decompresses `payload`: synchronously below 64 KiB, in a thread above. Never produces more than
 * the declared length. Returns or resolves to undefined when the result is not exactly that long.
 */
export function decompress(
  compression: Compression,
  payload: Buffer,
): Buffer | undefined | Promise<Buffer | undefined> {
  const { length } = compression
  const options = { maxOutputLength: length }
  if (length < SYNC_BELOW) {
    try {
      return exactly(length, zlib().inflateRawSync(payload, options))
    } catch {
      return undefined
    }
  }
  return new Promise((resolve) => {
    zlib().inflateRaw(payload, options, (error, text) => {
      resolve(error === null ? exactly(length, text) : undefined)
    })
  })
}

function exactly(length: number, text: Buffer): Buffer | undefined {
  return text.length === length ? text : undefined
}
