import type { EntryContext } from './entry-context.js'
import type { Marker } from './markers.js'
import type { SharedOrigin } from './memory-entry.js'

/** Proves whether the tags under which an entry was stored are still current. */
export class TagProof {
  readonly #context: EntryContext

  constructor(context: EntryContext) {
    this.#context = context
  }

  /**
   * Returns the time up to which the tags are known to be current, or undefined when they are not.
   * A remembered token is as reliable as the last proof of the log; strict entries do not rely on
   * the log at all and read every token. Tokens are read after the entry, so they reflect every
   * invalidation acknowledged before this call. Infinity means that all tokens were read.
   *
   * @param tags the tags stored with the entry, at least one
   * @param tagMarkers the markers of the tags, in the same order
   * @throws RedisUnavailableError, RedisReplyError when Redis does not return the tokens
   */
  async provenAt(
    tags: SharedOrigin['tags'],
    tagMarkers: readonly Marker[],
  ): Promise<number | undefined> {
    const { markers, journal, log, clock, settings } = this.#context.parts
    if (tags.some((tag) => journal.isQuarantined(tag.marker))) return undefined
    const { provenAt } = log
    const relies = !this.#context.isStrict && provenAt >= clock.now() - settings.bound
    const unknown = tagMarkers.filter((marker) => !relies || markers.tokenOf(marker) === undefined)
    const read = await this.#read(unknown)
    const areCurrent = tagMarkers.every((marker, index) => {
      const current = read.has(marker) ? read.get(marker) : markers.tokenOf(marker)
      return current !== undefined && current === tags[index]?.token
    })
    if (!areCurrent) return undefined
    return unknown.length === tagMarkers.length ? Number.POSITIVE_INFINITY : provenAt
  }

  async #read(unknown: readonly Marker[]): Promise<Map<Marker, string | undefined>> {
    if (unknown.length === 0) return new Map()
    const { markers, shared } = this.#context.parts
    const { position } = markers
    const tokens = await shared?.readTags(unknown.map((marker) => marker.name))
    const read = unknown.map((marker, index) => [marker, tokens?.[index]] as const)
    for (const [marker, token] of read) markers.remember(marker, token, position)
    return new Map(read)
  }
}
