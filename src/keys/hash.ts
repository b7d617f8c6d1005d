import { lazy, lazyRequire } from '../lazy.js'

type Digest128 = (text: string) => bigint

const native = lazyRequire<typeof import('@node-rs/xxhash')>('@node-rs/xxhash')
const substitute = lazyRequire<typeof import('./xxh3.js')>('./keys/xxh3.js')
const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

const digest128 = lazy((): Digest128 => {
  try {
    return native().xxh3.xxh128
  } catch {
    // There is no binary for this platform, or optional packages were not installed. Processes with
    // and without the binary must still agree on every key.
    return substitute().xxh3Digest128
  }
})

/**
 * Returns the XXH3-128 (seed 0) of the UTF-8 of `text` as 32 hexadecimal digits. Use it only to
 * locate a long key, never as its identity: whoever chooses the text can construct a collision.
 */
export function xxh3(text: string): string {
  return digest128()(text).toString(16).padStart(32, '0')
}

/**
 * Returns the identity of `text`: the first 16 bytes of the SHA-256 of its UTF-8, one character per
 * byte (latin1). A Buffer would cost more than the hash.
 */
export function fingerprint(text: string): string {
  return cryptography().hash('sha256', text, 'binary').slice(0, 16)
}
