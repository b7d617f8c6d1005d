import type { SharedEntry, SharedStore } from '../tiers/shared-store.js'
import type { Decoded } from '../values/codec.js'
import type { Header, Rejection } from '../values/envelope.js'
import { prepareDecoded, type Stored } from '../values/isolation.js'
import type { Opened } from '../values/sealer.js'
import type { EntryContext } from './entry-context.js'
import type { Fence } from './fences.js'
import type { Question } from './flight.js'
import type { Marker } from './markers.js'
import { MemoryEntry, type SharedOrigin } from './memory-entry.js'
import type { MissReason } from './miss-reasons.js'
import { TagProof } from './tag-proof.js'
import { endingOf } from './unshared.js'

/** The state captured before a read of a key began. */
export interface Reader {
  readonly key: string
  readonly markers: readonly Marker[]
  /** The position in the order of invalidations. */
  readonly position: number
  readonly question: Question
  /** The fence around the read; undefined when its result is served to nobody. */
  readonly fence: Fence | undefined
}

/** The result of a read in Redis, as far as this process can use it. */
export type Look =
  /** A valid entry, fresh or stale. */
  | { readonly kind: 'found'; readonly entry: MemoryEntry }
  /** Redis has no entry for the key. */
  | { readonly kind: 'nothing' }
  /** Redis has an entry that must not be served. */
  | {
      readonly kind: 'unusable'
      readonly reason: MissReason
      /** Identifies the stored entry, so that a load may replace it. */
      readonly stamp: string
      /**
       * The entry has the format of another release that may still use it, so it must not be
       * replaced.
       */
      readonly isForeign: boolean
    }
  /**
   * A different store of the key was served to others during this read, and nothing shows which one
   * is older. The entry itself is valid, so a new read may serve it.
   */
  | { readonly kind: 'crossed' }
  /** Redis did not answer, or its answer could not be checked. */
  | { readonly kind: 'unanswered' }

const NOTHING_THERE: Look = { kind: 'nothing' }
const CROSSED: Look = { kind: 'crossed' }
const UNANSWERED: Look = { kind: 'unanswered' }

/** A stored entry whose value has not been decoded yet. */
interface Content {
  readonly origin: SharedOrigin
  readonly decode: () => Stored | Rejection | Promise<Stored | Rejection>
}

/**
 * A stored entry whose namespace, entry and scope are current; its tags and value are unchecked.
 */
interface Candidate extends Content {
  readonly reader: Reader
  readonly id: string
  readonly remaining: number
  readonly fresh: number
}

/** Reads entries from the shared tier and returns only those that are proven to be current. */
export class SharedReader {
  readonly #context: EntryContext
  readonly #tagProof: TagProof

  constructor(context: EntryContext) {
    this.#context = context
    this.#tagProof = new TagProof(context)
  }

  /** Returns the shared tier if the key may be read there: none of its names may be quarantined. */
  storeFor(id: string, markers: readonly Marker[]): SharedStore | undefined {
    const { journal, shared } = this.#context.parts
    if (!this.#context.policy.useRedis) return undefined
    if (journal.depth === 0) return shared
    const isQuarantined =
      journal.isQuarantined(id) || markers.some((marker) => journal.isQuarantined(marker.name))
    return isQuarantined ? undefined : shared
  }

  /**
   * Reads a key in one round trip, plus another for tags whose tokens are not known. Never rejects.
   */
  look(shared: SharedStore, reader: Reader, id: string, known?: MemoryEntry): Promise<Look> {
    const request = {
      hash: id,
      field: this.#context.policy.version,
      markers: reader.markers.map((marker) => marker.name),
      seen: known?.shared?.stamp,
    }
    return shared.read(request).then(
      ({ entry, tokens }) =>
        entry === undefined ? NOTHING_THERE : this.judge(reader, id, entry, tokens, known),
      () => UNANSWERED,
    )
  }

  /**
   * Decides, by the tokens read together with a stored entry, whether the entry may be served. The
   * result is a promise only if tags must be checked or decoding is asynchronous. Neither throws
   * nor rejects, whatever Redis sends: if Redis does not say whether the tags are current, the
   * entry is not served.
   */
  judge(
    reader: Reader,
    id: string,
    entry: SharedEntry,
    tokens: readonly (string | undefined)[],
    known?: MemoryEntry,
  ): Look | Promise<Look> {
    try {
      const look = this.#judge(reader, id, entry, tokens, known)
      return look instanceof Promise ? look.catch(() => UNANSWERED) : look
    } catch {
      return UNANSWERED
    }
  }

  #judge(
    reader: Reader,
    id: string,
    { stamp, sealed, remaining, fresh }: SharedEntry,
    tokens: readonly (string | undefined)[],
    known: MemoryEntry | undefined,
  ): Look | Promise<Look> {
    const content = sealed === undefined ? contentOf(known) : this.#open(reader.key, sealed, stamp)
    if (typeof content === 'string') return this.#unreadable(content, stamp)
    if (content?.origin.tokens.length !== reader.markers.length)
      return unusable('unreadable', stamp)

    const stored = content.origin.tokens
    const changed = reader.markers.find(
      // A missing token counts as a different one.
      (_, at) => tokens[at] === undefined || tokens[at] !== stored[at],
    )
    if (changed !== undefined) return unusable(this.#context.reasonOf(changed), stamp)
    const candidate = { reader, id, remaining, fresh, ...content }
    return content.origin.tags.length === 0
      ? this.#decoded(candidate, [], Number.POSITIVE_INFINITY)
      : this.#tagged(candidate)
  }

  async #tagged(candidate: Candidate): Promise<Look> {
    const { origin } = candidate
    const { markers } = this.#context.parts
    const tagMarkers = origin.tags.map((tag) => markers.find(tag.marker))
    const provenAt = await this.#tagProof.provenAt(origin.tags, tagMarkers)
    if (provenAt === undefined) return unusable('tag-invalidated', origin.stamp)
    return this.#decoded(candidate, tagMarkers, provenAt)
  }

  /** Decodes the value. This is the most expensive step, so it runs after the cheaper checks. */
  #decoded(
    candidate: Candidate,
    tagMarkers: readonly Marker[],
    provenAt: number,
  ): Look | Promise<Look> {
    const stored = candidate.decode()
    return stored instanceof Promise
      ? stored.then((each) => this.#found(candidate, tagMarkers, provenAt, each))
      : this.#found(candidate, tagMarkers, provenAt, stored)
  }

  #found(
    candidate: Candidate,
    tagMarkers: readonly Marker[],
    provenAt: number,
    stored: Stored | Rejection,
  ): Look {
    const { reader, id, origin } = candidate
    const { stamp } = origin
    if (typeof stored === 'string') return this.#unreadable(stored, stamp)
    const entry = this.#entryOf(candidate, tagMarkers, stored, provenAt)
    // These checks come last, so that they also see what was served while the value was decoded.
    const { unshared, fences, clock } = this.#context.parts
    if (unshared.mayBeOlder(id, stamp, reader.question.unshared))
      return unusable('not-stored', stamp)
    if (reader.fence !== undefined && clock.now() < this.#context.staleUntil(entry)) {
      if (!fences.agrees(reader.fence, stamp)) return CROSSED
      fences.storeServed(reader.fence, endingOf(stamp))
    }
    return { kind: 'found', entry }
  }

  #open(key: string, sealed: Buffer, stamp: string): Content | Rejection {
    const opened = this.#context.parts.sealer.open(this.#context.fingerprintOf(key), sealed)
    if (typeof opened === 'string') return opened
    return { origin: this.#originOf(opened.header, stamp), decode: () => this.#decode(opened) }
  }

  #decode(opened: Opened): Stored | Rejection | Promise<Stored | Rejection> {
    const { isolation, maxValueBytes } = this.#context.policy
    const decoding = opened.decode(maxValueBytes)
    const prepare = (decoded: Decoded | Rejection): Stored | Rejection =>
      typeof decoded === 'string' ? decoded : prepareDecoded(decoded, isolation)
    return decoding instanceof Promise ? decoding.then(prepare) : prepare(decoding)
  }

  #unreadable(rejection: Rejection, stamp: string): Look {
    this.#context.parts.signals.unreadable(this.#context.counters, rejection)
    return unusable('unreadable', stamp, rejection === 'format')
  }

  #originOf(header: Header, stamp: string): SharedOrigin {
    const { names } = this.#context.parts
    const tags = header.tags.map(({ id, token }) => ({ marker: names.tagMarkerOf(id), token }))
    return { stamp, tokens: header.tokens, tags }
  }

  #entryOf(
    { reader, id, remaining, fresh, origin }: Candidate,
    tagMarkers: readonly Marker[],
    stored: Stored,
    provenAt: number,
  ): MemoryEntry {
    const { policy } = this.#context
    const askedAt = reader.question.at
    const freshUntil = askedAt + fresh
    const keptUntil = askedAt + remaining
    const ttl = typeof policy.ttl === 'number' ? policy.ttl : Math.max(0, fresh)
    return new MemoryEntry({
      key: reader.key,
      id,
      stored,
      markers: tagMarkers.length === 0 ? reader.markers : [...reader.markers, ...tagMarkers],
      position: reader.position,
      // The entry was valid when this read began, unless a tag is proven only by the log, which
      // vouches for an earlier time.
      begunAt: Math.min(askedAt, provenAt),
      freshUntil,
      refreshAt: freshUntil - ttl * (1 - policy.refreshAhead),
      keptUntil,
      shared: origin,
    })
  }
}

/** Returns why the result of a read in Redis cannot answer the caller. */
export function missReasonOf(look: Exclude<Look, { kind: 'found' }>): MissReason {
  switch (look.kind) {
    case 'nothing':
      return 'cold'
    case 'unusable':
      return look.reason
    case 'crossed':
      return 'not-stored'
    case 'unanswered':
      return 'redis-unavailable'
  }
}

function unusable(reason: MissReason, stamp: string, isForeign = false): Look {
  return { kind: 'unusable', reason, stamp, isForeign }
}

/** Returns the content of the entry the reader has, when Redis sent only its stamp. */
function contentOf(known: MemoryEntry | undefined): Content | undefined {
  return known?.shared && { origin: known.shared, decode: () => known.stored }
}
