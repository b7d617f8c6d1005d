import { lazyRequire } from './lazy.js'

const BYTES = 12
/**
 * Tokens drawn at once. Every miss needs a token, and a draw costs the same for few bytes or many.
 */
const DRAWN = 256

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

const pool = Buffer.allocUnsafeSlow(BYTES * DRAWN)
let used = pool.length

/** Returns a nonce of 96 random bits as 16 characters of base64url. */
export function newToken(): string {
  if (used === pool.length) {
    cryptography().randomFillSync(pool)
    used = 0
  }
  used += BYTES
  return pool.toString('base64url', used - BYTES, used)
}
