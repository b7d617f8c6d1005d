import { lazyRequire } from '../lazy.js'
import type { Compression } from './envelope.js'

const zlib = lazyRequire<typeof import('node:zlib')>('node:zlib')

/** The algorithm byte, of which there is one so far: Brotli took as long and saved no more. */
const DEFLATE_RAW = 1

/** Level 1: higher ones save a tenth more at twice the time. */
const LEVEL = 1

/** From this size of the text (bytes) on, compressing is left to a thread. */
const SYNC_BELOW = 65_536

/** DEFLATE cannot do better than 1,032 to 1; whoever promises more is lying about the length. */
const HIGHEST_RATIO = 1_040

/** Compressed bytes, and how to get back what they were. */
export interface Compressed {
  readonly compression: Compression
  readonly payload: Buffer
}

/**
 * Compresses `text`: at once below 64 kB, above that in a thread of libuv's. undefined when that
 * saves nothing. The promise never rejects.
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
 * Whether `compression` may be believed before a byte is decompressed: a known algorithm, a length
 * that is allowed and possible. A bomb of 300 bytes ends here.
 */
export function isPlausible(compression: Compression, payload: Buffer): boolean {
  return (
    compression.algorithm === DEFLATE_RAW &&
    compression.length <= HIGHEST_RATIO * payload.length &&
    compression.length > 0
  )
}

/**
 * What was compressed: at once below 64 kB, above that in a thread. It never makes more than the
 * declared length; undefined, also as what is promised, when that is not exactly what comes out.
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
