import { CacheConfigurationError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import { xxh3 } from './hash.js'
import { readable } from './readable.js'

/** How arguments appear in the names of Redis keys. */
export type KeyMode =
  /** Short ones as they are, long ones as their XXH3-128. */
  | 'readable'
  /** Always as a digest: no argument, scope or tag can be read off a key, a slow log or a message. */
  | 'digest'

export interface NamesOptions {
  readonly prefix: string
  readonly keyMode: KeyMode
  /** With `digest`: makes digests of guessable arguments (an e-mail address) unguessable. */
  readonly secret: string | undefined
}

/** Longer texts are hashed: what a person still reads at a glance. */
const READABLE_LENGTH = 80

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')

/**
 * The names of everything in Redis, made in this one place.
 *
 * What stands between braces decides the slot on a cluster. Entries are spread by their own key,
 * the markers of a namespace share a slot, tags share one, and the log has one. User text is
 * escaped or hashed before it gets here, so its own braces decide nothing.
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

  /** The hash of one logical key. `text` is scope and arguments in canonical form. */
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

  /** The marker that stands for all keys of one entry. */
  entryMarker(namespace: string, entry: string): string {
    return `{${this.prefix}:${escape(namespace)}}:e:${escape(entry)}`
  }

  scopeMarker(namespace: string, scope: string): string {
    return `{${this.prefix}:${escape(namespace)}}:s:${this.#identify(`scope:${scope}`)}`
  }

  tagMarker(tag: string): string {
    return this.tagMarkerOf(this.#identify(`tag:${tag}`))
  }

  /** The marker of a tag by the digest that an entry's header carries. */
  tagMarkerOf(id: string): string {
    return this.#tagMarkerPrefix + id
  }

  /** The digest that stands for a tag in an entry's header: 16 characters of base64url. */
  tagId(tagMarker: string): string {
    return tagMarker.slice(-16)
  }

  /** True for namespace, entry, scope and tag markers; false for entries. */
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

/** @throws CacheConfigurationError unless `value` may stand in the names of keys */
export function validName(value: unknown, option: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 100 && isWellFormed(value)) {
    return value
  }
  throw new CacheConfigurationError(option, 'a text of 1 to 100 characters', value)
}

/** @throws CacheConfigurationError unless `value` may stand before every key */
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

/** Names may hold anything; a key's parts are parted by colons and its slot by braces. */
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
