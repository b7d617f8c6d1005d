import type { SharedEntry } from '../tiers/shared-store.js'
import type { Header, Rejection } from '../values/envelope.js'
import { prepareDecoded, type Stored } from '../values/isolation.js'
import type { Opened } from '../values/sealer.js'
import type { EntryContext } from './entry-context.js'
import type { Marker } from './markers.js'
import { MemoryEntry, type SharedOrigin } from './memory-entry.js'
import type { MissReason } from './miss-reasons.js'
import type { Served } from './unshared.js'

/** Whoever reads: what it knows from before the read began. */
export interface Reader {
  readonly key: string
  readonly markers: readonly Marker[]
  readonly begun: number
  readonly begunAt: number
  readonly unshared: Served | undefined
}

export type Look =
  /** A valid entry, fresh or stale. */
  | { readonly found: MemoryEntry }
  /** Nothing usable. `seen` names what is there and cannot be used, so that it may be replaced. */
  | {
      readonly found: undefined
      readonly reason: MissReason
      readonly seen: string | undefined
      readonly isForeign: boolean
    }

/** Reads entries from the shared tier and believes nothing that is not proven to be current. */
export class SharedReader {
  readonly #context: EntryContext

  constructor(context: EntryContext) {
    this.#context = context
  }

  /** Whether the shared tier may be asked about a key at all. */
  mayRead(id: string, markers: readonly Marker[]): boolean {
    const { journal, shared } = this.#context.parts
    if (shared === undefined || !this.#context.policy.useRedis) return false
    if (journal.depth === 0) return true
    return (
      !journal.isQuarantined(id) && !markers.some((marker) => journal.isQuarantined(marker.name))
    )
  }

  /** One round trip; another one for tags whose tokens are not remembered. Never rejects. */
  async look(reader: Reader, id: string, known?: MemoryEntry): Promise<Look> {
    const { parts, policy } = this.#context
    if (parts.shared === undefined) return missing('redis-unavailable')
    try {
      const reply = await parts.shared.read({
        hash: id,
        field: policy.version,
        markers: reader.markers.map((marker) => marker.name),
        seen: known?.shared?.stamp,
      })
      if (reply.entry === undefined) return missing('cold')
      return await this.judge(reader, id, reply.entry, reply.tokens, known)
    } catch {
      return missing('redis-unavailable')
    }
  }

  /**
   * Decides whether a stored entry may be served, by the tokens that were read with it. Never rejects:
   * when Redis does not say whether its tags are current, it may not.
   */
  async judge(
    reader: Reader,
    id: string,
    entry: SharedEntry,
    tokens: readonly (string | undefined)[],
    known?: MemoryEntry,
  ): Promise<Look> {
    try {
      return await this.#judge(reader, id, entry, tokens, known)
    } catch {
      return missing('redis-unavailable')
    }
  }

  async #judge(
    reader: Reader,
    id: string,
    entry: SharedEntry,
    tokens: readonly (string | undefined)[],
    known: MemoryEntry | undefined,
  ): Promise<Look> {
    const { parts } = this.#context
    const { stamp, sealed } = entry
    const opened =
      sealed === undefined
        ? undefined
        : parts.sealer.open(this.#context.fingerprintOf(reader.key), sealed)
    if (typeof opened === 'string') return this.#unreadable(opened, stamp)
    const origin = opened === undefined ? known?.shared : this.#originOf(opened.header, stamp)
    if (origin === undefined) return missing('cold', stamp)

    const reason = invalidatedBy(reader.markers, origin.tokens, tokens)
    if (reason !== undefined) return missing(reason, stamp)
    const tagMarkers = origin.tags.map((tag) => parts.markers.find(tag.marker))
    const provenAt = await this.#tagsProvenAt(origin, tagMarkers)
    if (provenAt === undefined) return missing('tag-invalidated', stamp)

    // Only now, since the value is the dear part.
    const stored = opened === undefined ? known?.stored : await this.#decode(opened)
    if (stored === undefined) return missing('cold', stamp)
    if (typeof stored === 'string') return this.#unreadable(stored, stamp)
    // Last of all: a load that was served in the meantime counts.
    if (parts.unshared.isOlder(id, stamp, reader.unshared)) return missing('not-stored', stamp)
    return { found: this.#entryOf(reader, id, entry, origin, tagMarkers, stored, provenAt) }
  }

  async #decode(opened: Opened): Promise<Stored | Rejection> {
    const { isolation, maxValueBytes } = this.#context.policy
    const decoding = opened.decode(maxValueBytes)
    const decoded = decoding instanceof Promise ? await decoding : decoding
    return typeof decoded === 'string' ? decoded : prepareDecoded(decoded, isolation)
  }

  #unreadable(rejection: Rejection, stamp: string): Look {
    this.#context.parts.signals.unreadable(this.#context.counters, rejection)
    return missing('unreadable', stamp, rejection === 'format')
  }

  #originOf(header: Header, stamp: string): SharedOrigin {
    const { names } = this.#context.parts
    const tags = header.tags.map(({ id, token }) => ({ marker: names.tagMarkerOf(id), token }))
    return { stamp, tokens: header.tokens, tags }
  }

  /**
   * Up to when the tags of an entry are known to be current; undefined when they are not. A remembered
   * token is as good as the log is proven; a strict entry does not rely on the log at all. Tokens are
   * read after the entry: whatever was acknowledged before this call shows.
   */
  async #tagsProvenAt(
    origin: SharedOrigin,
    tagMarkers: readonly Marker[],
  ): Promise<number | undefined> {
    if (origin.tags.length === 0) return Number.POSITIVE_INFINITY
    const { parts } = this.#context
    const { markers, journal, log, clock, settings, shared } = parts
    if (origin.tags.some((tag) => journal.isQuarantined(tag.marker))) return undefined
    const { provenAt } = log
    const relies = !this.#context.isStrict && provenAt >= clock.now() - settings.bound
    const unknown = tagMarkers.filter((marker) => !relies || markers.tokenOf(marker) === undefined)
    const read = new Map<Marker, string | undefined>()
    if (unknown.length > 0) {
      const begun = markers.position
      const tokens = await shared?.readTags(unknown.map((marker) => marker.name))
      unknown.forEach((marker, index) => {
        markers.remember(marker, tokens?.[index], begun)
        read.set(marker, tokens?.[index])
      })
    }
    const areCurrent = tagMarkers.every((marker, index) => {
      const current = read.has(marker) ? read.get(marker) : markers.tokenOf(marker)
      return current !== undefined && current === origin.tags[index]?.token
    })
    if (!areCurrent) return undefined
    return unknown.length === tagMarkers.length ? Number.POSITIVE_INFINITY : provenAt
  }

  #entryOf(
    reader: Reader,
    id: string,
    entry: SharedEntry,
    origin: SharedOrigin,
    tagMarkers: readonly Marker[],
    stored: Stored,
    provenAt: number,
  ): MemoryEntry {
    const { policy } = this.#context
    const { begunAt, begun } = reader
    const freshUntil = begunAt + entry.fresh
    const keptUntil = begunAt + entry.remaining
    const ttl = typeof policy.ttl === 'number' ? policy.ttl : Math.max(0, entry.fresh)
    return new MemoryEntry({
      key: reader.key,
      id,
      stored,
      markers: tagMarkers.length === 0 ? reader.markers : [...reader.markers, ...tagMarkers],
      begun,
      // What is stored was valid when this read began, as far as the read itself has asked for it: that
      // is what it vouches for.
      begunAt: Math.min(begunAt, provenAt),
      freshUntil,
      refreshAt: freshUntil - ttl * (1 - policy.refreshAhead),
      keptUntil,
      shared: origin,
    })
  }
}

function missing(reason: MissReason, seen?: string, isForeign = false): Look {
  return { found: undefined, reason, seen, isForeign }
}

/** Which marker has another token than the entry was stored under; a missing one counts as other. */
function invalidatedBy(
  markers: readonly Marker[],
  stored: readonly string[],
  current: readonly (string | undefined)[],
): MissReason | undefined {
  const reasons = ['namespace-cleared', 'entry-cleared', 'scope-cleared'] as const
  if (stored.length !== markers.length) return 'unreadable'
  const index = markers.findIndex(
    (_, at) => current[at] === undefined || current[at] !== stored[at],
  )
  return index === -1 ? undefined : (reasons[index] ?? 'scope-cleared')
}
