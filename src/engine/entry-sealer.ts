import type { TagStamp } from '../values/envelope.js'
import type { Packed, Sealer } from '../values/sealer.js'
import type { EntryContext } from './entry-context.js'
import type { Lease } from './flight.js'
import type { Prepared } from './keeper.js'
import type { Marker } from './markers.js'

type Packing = ReturnType<Sealer['pack']>

/** Makes the bytes that Redis stores for a result of one entry. */
export class EntrySealer {
  readonly #context: EntryContext

  constructor(context: EntryContext) {
    this.#context = context
  }

  /**
   * Returns the bytes for Redis; undefined when a tag was invalidated since the capture, or when
   * the value cannot be packed. Returns synchronously when there are no tags and the value is not
   * large. Rejects as `stampTags` does.
   */
  seal(
    key: string,
    position: number,
    lease: Lease,
    { stored, tags }: Prepared,
  ): Buffer | undefined | Promise<Buffer | undefined> {
    const { parts, policy } = this.#context
    // Pack synchronously, before any await, because callers may change the value later.
    const packing = parts.sealer.pack(stored, policy)
    const isSlow = tags.length > 0 || packing instanceof Promise
    return isSlow
      ? this.#sealLater(key, position, lease, tags, packing)
      : this.#sealed(key, lease, packing, [])
  }

  async #sealLater(
    key: string,
    position: number,
    lease: Lease,
    tags: readonly Marker[],
    packing: Packing,
  ): Promise<Buffer | undefined> {
    const { markers, names } = this.#context.parts
    const tagNames = tags.map((tag) => tag.name)
    const { shared, capture } = lease
    const tokens =
      tags.length === 0
        ? []
        : await shared.stampTags(capture.clock, tagNames, this.#context.markersLiveFor)
    if (tokens === undefined) return undefined
    tags.forEach((tag, index) => markers.remember(tag, tokens[index], position))
    // The reply has a token for every tag, or is undefined.
    const stamps = tagNames.map((name, index) => ({
      id: names.tagId(name),
      token: String(tokens[index]),
    }))
    return this.#sealed(key, lease, await packing, stamps)
  }

  #sealed(
    key: string,
    lease: Lease,
    packed: Packed | undefined,
    tags: readonly TagStamp[],
  ): Buffer | undefined {
    if (packed === undefined) return undefined
    const header = { tokens: lease.capture.tokens, tags }
    return this.#context.parts.sealer.seal(this.#context.fingerprintOf(key), header, packed)
  }
}
