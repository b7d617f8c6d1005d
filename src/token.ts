import { lazyRequire } from './lazy.js'

const BYTES = 12
/** Tokens per draw: what drawing costs is the call, not the bytes, and every miss needs a token. */
const DRAWN = 256

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

const pool = Buffer.allocUnsafeSlow(BYTES * DRAWN)
let used = pool.length

/** A nonce of 96 random bits, in 16 characters of base64url. */
export function newToken(): string {
  if (used === pool.length) {
    cryptography().randomFillSync(pool)
    used = 0
  }
  used += BYTES
  return pool.toString('base64url', used - BYTES, used)
}
