import { lazy, lazyRequire } from '../lazy.js'

type Digest128 = (text: string) => bigint

const native = lazyRequire<typeof import('@node-rs/xxhash')>('@node-rs/xxhash')
const substitute = lazyRequire<typeof import('./xxh3.js')>('./keys/xxh3.js')
const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

const digest128 = lazy((): Digest128 => {
  try {
    return native().xxh3.xxh128
  } catch {
    // No binary for this platform, or installed without optional packages. A fleet in which some
    // processes have it and some have not must still agree on every key.
    return substitute().xxh3Digest128
  }
})

/**
 * Returns the XXH3-128 (seed 0) of the UTF-8 of `text` as 32 hexadecimal digits. It says where a
 * long key is kept and never what it is: whoever chooses the text can make two that collide.
 */
export function xxh3(text: string): string {
  return digest128()(text).toString(16).padStart(32, '0')
}

/**
 * Returns the identity of `text`: the first 16 bytes of the SHA-256 of its UTF-8, as the characters of
 * the same number. To make a Buffer of them would cost more than the hash.
 */
export function fingerprint(text: string): string {
  return cryptography().hash('sha256', text, 'binary').slice(0, 16)
}
