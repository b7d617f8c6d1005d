import type { KeyObject } from 'node:crypto'

import { CacheConfigurationError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import type { Protection } from './envelope.js'

/** A key ring. New entries are protected by the current key; entries under any key can be read. */
export interface EncryptionKeys {
  /** The id of the key for new entries. */
  readonly current: string
  /**
   * Keys of 256 random bits by id: 32 bytes, or their hex or base64 text. Ids are 1 to 32
   * characters of `A-Z a-z 0-9 . _ -` and are stored in Redis in clear text.
   */
  readonly keys: Readonly<Record<string, Uint8Array | string>>
  /** `sign` leaves entries readable and only makes them unforgeable. @default 'encrypt' */
  readonly mode?: 'encrypt' | 'sign'
  /**
   * Called once when this process has written `wornOutAfter` entries under the current key, so that
   * a new key is due. Exceptions are ignored.
   */
  readonly onKeyWornOut?: (keyId: string) => void
  /**
   * Entries this process may write under one key. Nonces are random, and all processes together
   * must stay below 2^32 under one key (NIST SP 800-38D, 8.3), so divide by the number of
   * processes.
   * @default 2 ** 32
   */
  readonly wornOutAfter?: number
}

export interface Protected {
  readonly protection: Protection
  readonly payload: Buffer
}

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const MOST_WRITES = 2 ** 32

/** Encrypts or signs payloads (AES-256-GCM) together with a preamble, which stays in clear text. */
export class Encryption {
  /** The mode and key of new entries. */
  readonly current: Pick<Protection, 'mode' | 'keyId'>
  readonly #keys: ReadonlyMap<string, KeyObject>
  readonly #currentKey: KeyObject
  readonly #wornOutAfter: number
  readonly #onKeyWornOut: ((keyId: string) => void) | undefined
  #writes = 0

  /** @throws CacheConfigurationError, which never contains a key */
  constructor(options: EncryptionKeys) {
    const { current, mode = 'encrypt', wornOutAfter = MOST_WRITES } = options
    this.#keys = readKeys(options.keys)
    const currentKey = this.#keys.get(current)
    if (currentKey === undefined) {
      throw new CacheConfigurationError(
        'encryption.current',
        'the id of one of the keys',
        nothingOf(current),
      )
    }
    if (mode !== 'encrypt' && mode !== 'sign') {
      throw new CacheConfigurationError('encryption.mode', "'encrypt' or 'sign'", mode)
    }
    if (!(wornOutAfter > 0 && wornOutAfter <= MOST_WRITES)) {
      throw new CacheConfigurationError('encryption.wornOutAfter', '1 to 2 ** 32', wornOutAfter)
    }
    this.current = { mode, keyId: current }
    this.#currentKey = currentKey
    this.#wornOutAfter = wornOutAfter
    this.#onKeyWornOut = options.onKeyWornOut
  }

  protect(preamble: Buffer, text: Buffer): Protected {
    const { mode, keyId } = this.current
    const { createCipheriv, randomBytes } = cryptography()
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(ALGORITHM, this.#currentKey, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(mode === 'encrypt' ? preamble : Buffer.concat([preamble, text]))
    const payload = mode === 'encrypt' ? cipher.update(text) : text
    cipher.final()
    this.#countWrite()
    return { protection: { mode, keyId, nonce, tag: cipher.getAuthTag() }, payload }
  }

  hasKey(keyId: string): boolean {
    return this.#keys.has(keyId)
  }

  /** Returns the text; undefined when it was not written with this preamble under this key. */
  open(protection: Protection, preamble: Buffer, payload: Buffer): Buffer | undefined {
    const key = this.#keys.get(protection.keyId)
    if (key === undefined) return undefined
    const { mode, nonce, tag } = protection
    try {
      const { createDecipheriv } = cryptography()
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAuthTag(tag)
      decipher.setAAD(mode === 'encrypt' ? preamble : Buffer.concat([preamble, payload]))
      const text = mode === 'encrypt' ? decipher.update(payload) : payload
      decipher.final()
      return text
    } catch {
      return undefined
    }
  }

  #countWrite(): void {
    this.#writes++
    if (this.#writes !== this.#wornOutAfter) return
    try {
      this.#onKeyWornOut?.(this.current.keyId)
    } catch {
      // A failing callback must not prevent the entry from being stored.
    }
  }
}

function readKeys(keys: EncryptionKeys['keys']): ReadonlyMap<string, KeyObject> {
  if (typeof keys !== 'object' || keys === null) {
    throw new CacheConfigurationError('encryption.keys', 'an object of keys by id', undefined)
  }
  return new Map(Object.entries(keys).map(([id, key]) => [id, readKey(id, key)]))
}

function readKey(id: string, key: Uint8Array | string): KeyObject {
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(id)) {
    const expected = 'ids of 1 to 32 characters of A-Z a-z 0-9 . _ -'
    throw new CacheConfigurationError('encryption.keys', expected, id)
  }
  const bytes = typeof key === 'string' ? bytesOfText(key) : key
  // The error must not show the value, which may be a key with a typo.
  if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_BYTES) {
    const expected = '32 bytes, or the hex or base64 of 32 bytes'
    throw new CacheConfigurationError(`encryption.keys.${id}`, expected, nothingOf(key))
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new CacheConfigurationError(`encryption.keys.${id}`, '32 random bytes', nothingOf(key))
  }
  return cryptography().createSecretKey(bytes)
}

function bytesOfText(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

/** Returns a value of the same type and length that reveals nothing, for use in an error. */
function nothingOf(key: unknown): unknown {
  if (typeof key === 'string') return '*'.repeat(key.length)
  return typeof key === 'object' ? {} : undefined
}
