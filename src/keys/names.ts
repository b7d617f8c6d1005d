import { CacheConfigurationError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import { xxh3 } from './hash.js'
import { marked } from './marked.js'
import { readable } from './readable.js'

/** How arguments appear in Redis key names. */
export type KeyMode =
  /** Short ones in clear text, long ones as their XXH3-128. */
  | 'readable'
  /** Always as a digest, so no argument, scope or tag shows in a key, slow log or message. */
  | 'digest'

export interface NamesOptions {
  readonly prefix: string
  readonly keyMode: KeyMode
  /** Used with `digest`: keeps digests of guessable arguments, such as e-mail addresses, secret. */
  readonly secret: string | undefined
}

/** Longer texts are hashed. A person can still take in this many characters at a glance. */
const READABLE_LENGTH = 80

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

/**
 * Makes the names of all keys in Redis.
 *
 * On a cluster, the part between braces decides the slot. Entries are spread by their own key; the
 * markers of a namespace share a slot, all tags share one, and the log has one. User text is
 * escaped or hashed before it is inserted, so braces in it have no effect.
 */
export class Names {
  readonly prefix: string
  readonly logStream: string
  readonly logTail: string
  readonly tagClock: string
  readonly #tagMarkerPrefix: string
  readonly #digest: ((text: string) => string) | undefined

  constructor(options: NamesOptions) {
    this.prefix = options.prefix
    this.logStream = `{${options.prefix}#log}:stream`
    this.logTail = `{${options.prefix}#log}:tail`
    this.tagClock = `{${options.prefix}#tags}:clock`
    this.#tagMarkerPrefix = `{${options.prefix}#tags}:t:`
    this.#digest = options.keyMode === 'digest' ? digestWith(options.secret) : undefined
  }

  /**
   * Returns the name of the hash that holds one logical key. `text` is scope and arguments in
   * canonical form.
   */
  entry(namespace: string, entry: string, text: string): string {
    const key =
      this.#digest?.(`${namespace}:${entry}:${text}`) ??
      readable(text, READABLE_LENGTH) ??
      `#${xxh3(text)}`
    return `${this.prefix}:${escape(namespace)}:${escape(entry)}:{${key}}`
  }

  namespaceMarker(namespace: string): string {
    return `{${this.prefix}:${escape(namespace)}}:n`
  }

  /** Returns the marker that invalidates all keys of one entry. */
  entryMarker(namespace: string, entry: string): string {
    return `{${this.prefix}:${escape(namespace)}}:e:${escape(entry)}`
  }

  scopeMarker(namespace: string, scope: string): string {
    return `{${this.prefix}:${escape(namespace)}}:s:${this.#identify(`scope${marked(scope)}`)}`
  }

  tagMarker(tag: string): string {
    return this.tagMarkerOf(this.#identify(`tag${marked(tag)}`))
  }

  /** Returns the marker of the tag whose digest an entry's header carries. */
  tagMarkerOf(id: string): string {
    return this.#tagMarkerPrefix + id
  }

  /** Returns the digest that identifies a tag in an entry's header: 16 characters of base64url. */
  tagId(tagMarker: string): string {
    return tagMarker.slice(-16)
  }

  /** Whether `name` is a namespace, entry, scope or tag marker. False for entries. */
  isMarker(name: string): boolean {
    return name.startsWith('{')
  }

  isTagMarker(name: string): boolean {
    return name.startsWith(this.#tagMarkerPrefix)
  }

  #identify(text: string): string {
    return this.#digest === undefined
      ? cryptography().hash('sha256', text, 'base64url').slice(0, 16)
      : this.#digest(text).slice(0, 16)
  }
}

/** Returns `value`. @throws CacheConfigurationError unless it may be part of a key name */
export function validName(value: unknown, option: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 100 && isWellFormed(value)) {
    return value
  }
  throw new CacheConfigurationError(option, 'a text of 1 to 100 characters', value)
}

/** Returns `value`. @throws CacheConfigurationError unless it may be the prefix of all keys */
export function validPrefix(value: unknown, option: string): string {
  if (typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value)) return value
  throw new CacheConfigurationError(
    option,
    '1 to 64 letters, digits, underscores, dots, colons or hyphens',
    value,
  )
}

function isWellFormed(text: string): boolean {
  return Buffer.from(text, 'utf8').toString('utf8') === text
}

/** Escapes colons, which separate the parts of a key, and braces, which decide its slot. */
function escape(name: string): string {
  return encodeURIComponent(name).replaceAll('*', '%2A')
}

function digestWith(secret: string | undefined): (text: string) => string {
  return secret === undefined
    ? (text) => cryptography().hash('sha256', text, 'base64url').slice(0, 32)
    : (text) => {
        const digest = cryptography().createHmac('sha256', secret).update(text).digest('base64url')
        return digest.slice(0, 32)
      }
}
