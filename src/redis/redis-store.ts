import type {
  AcquireReply,
  AcquireRequest,
  Address,
  Capture,
  FinishPutRequest,
  InvalidationBatch,
  InvalidationReply,
  ReadReply,
  ReadRequest,
  SeizeRequest,
  SharedEntry,
  SharedStore,
  StoreRequest,
} from '../tiers/shared-store.js'
import { bySlot, chunked, type Group } from './groups.js'
import { RedisInvalidations, type RedisInvalidationsOptions } from './invalidations.js'
import type { RedisArgument, RedisLink, Script } from './link.js'
import { newToken } from './new-token.js'
import { asArray, entryFrom, replyFrom, tokensFrom, type Verdict, verdictFrom } from './replies.js'
import * as scripts from './scripts.js'
import { type GroupReply, Sources } from './sources.js'
import { TickBatch } from './tick-batch.js'

export interface RedisStoreOptions extends RedisInvalidationsOptions {
  /** Deadline of reads and leases. Milliseconds. */
  readonly readTimeout: number
}

interface Wanted {
  readonly hash: string
  readonly field: string
  readonly seen: Buffer | undefined
}

interface Claim extends Wanted {
  readonly token: string
  readonly leaseFor: number
  readonly force: boolean
}

/** The shared tier on Redis: the scripts, called so that what belongs to one tick travels together. */
export class RedisStore implements SharedStore {
  readonly #options: RedisStoreOptions
  readonly #link: RedisLink
  readonly #invalidations: RedisInvalidations
  readonly #reads: TickBatch<ReadRequest, ReadReply>
  readonly #claims: TickBatch<SeizeRequest & { claim: Claim }, AcquireReply>

  constructor(options: RedisStoreOptions) {
    this.#options = options
    this.#link = options.link
    this.#invalidations = new RedisInvalidations(options)
    this.#reads = new TickBatch((requests) => this.#readAll(requests))
    this.#claims = new TickBatch((requests) => this.#claimAll(requests))
  }

  read(request: ReadRequest): Promise<ReadReply> {
    return this.#reads.add(request)
  }

  async readTags(markers: readonly string[]): Promise<(string | undefined)[]> {
    const replies = await Promise.all(
      this.#grouped<Wanted>([], markers).map((group) => this.#readGroup(group)),
    )
    const tokens = new Map(replies.flatMap((reply) => [...reply.tokens]))
    return markers.map((marker) => tokens.get(marker)?.split(':')[2])
  }

  acquire(request: AcquireRequest): Promise<AcquireReply> {
    return this.#claims.add({ ...request, claim: { ...request, force: false } })
  }

  async seize(request: SeizeRequest): Promise<Capture> {
    const claim = { ...request, seen: undefined, force: true }
    return (await this.#claims.add({ ...request, claim })).capture
  }

  async renew(address: Address, token: string, leaseFor: number): Promise<boolean> {
    return (
      (await this.#write(scripts.RENEW, [address.hash], [address.field, token, leaseFor])) === 1
    )
  }

  async release(address: Address, token: string): Promise<void> {
    await this.#write(scripts.RELEASE, [address.hash], [address.field, token])
  }

  async stampTags(
    clock: string,
    markers: readonly string[],
    markersLiveFor: number,
  ): Promise<string[] | undefined> {
    const reply = await this.#write(
      scripts.STAMP_TAGS,
      [this.#options.names.tagClock, ...markers],
      [clock, markersLiveFor, ...markers.map(newToken)],
    )
    return Array.isArray(reply) ? reply.map(String) : undefined
  }

  async store(request: StoreRequest): Promise<boolean> {
    const { hash, field, token, sealed, freshFor, keptFor } = request
    return (
      (await this.#write(scripts.STORE, [hash], [field, token, sealed, freshFor, keptFor])) === 1
    )
  }

  invalidate(batch: InvalidationBatch): Promise<InvalidationReply> {
    return this.#invalidations.invalidate(batch)
  }

  async finishPut(request: FinishPutRequest): Promise<boolean> {
    const { hash, field, token, sealed, freshFor, keptFor, origin } = request
    const args = [field, token, sealed ?? '', freshFor, keptFor]
    return (await this.#invalidations.published(scripts.FINISH_PUT, hash, args, origin)) === 1
  }

  async expire(hash: string, origin: string): Promise<void> {
    await this.#invalidations.published(scripts.EXPIRE, hash, [], origin)
  }

  #readAll(requests: readonly ReadRequest[]): Promise<ReadReply>[] {
    const wanted = new Map<string, Wanted>()
    const markers = new Set<string>()
    for (const request of requests) {
      wanted.set(readId(request), { ...request, seen: request.seen })
      for (const marker of request.markers) markers.add(marker)
    }
    const sources = new Sources<Map<string, SharedEntry | undefined>>()
    for (const group of this.#grouped([...wanted.values()], [...markers])) {
      const reply = this.#readGroup(group)
      sources.add(group.entries.map(readId), group.markers, reply)
    }
    return requests.map(async (request) => {
      const id = readId(request)
      const { entries, tokens } = await sources.gather(id, request.markers)
      return { entry: entries.get(id), tokens }
    })
  }

  async #readGroup(
    group: Group<Wanted>,
  ): Promise<GroupReply<Map<string, SharedEntry | undefined>>> {
    const { entries, markers } = group
    const args = entries.flatMap((entry) => [entry.field, entry.seen ?? ''])
    const [now, ...values] = asArray(
      await this.#link.evaluate(
        scripts.READ,
        [...entries.map(({ hash }) => hash), ...markers],
        [entries.length, ...args],
        this.#options.readTimeout,
      ),
    )
    const found = entries.map((entry, index): [string, SharedEntry | undefined] => [
      readId(entry),
      entryFrom(values[index], Number(now), entry.seen),
    ])
    return { entries: new Map(found), tokens: tokensFrom(markers, values.slice(entries.length)) }
  }

  #claimAll(requests: readonly (SeizeRequest & { claim: Claim })[]): Promise<AcquireReply>[] {
    const clock = this.#options.names.tagClock
    const markers = new Set<string>()
    let liveFor = 0
    const needs = requests.map((request) => {
      const needed = request.withClock ? [...request.markers, clock] : request.markers
      for (const marker of needed) markers.add(marker)
      liveFor = Math.max(liveFor, request.markersLiveFor)
      return needed
    })
    const sources = new Sources<Map<string, Verdict>>()
    for (const group of this.#grouped(
      requests.map(({ claim }) => claim),
      [...markers],
    )) {
      const ids = group.entries.map(({ token }) => token)
      sources.add(ids, group.markers, this.#claimGroup(group, liveFor))
    }
    return requests.map(async ({ claim, markers: own, withClock }, index) => {
      const { entries, tokens } = await sources.gather(claim.token, needs[index] ?? [])
      return replyFrom(entries.get(claim.token), tokens, own.length, withClock)
    })
  }

  async #claimGroup(
    group: Group<Claim>,
    markersLiveFor: number,
  ): Promise<GroupReply<Map<string, Verdict>>> {
    const { entries, markers } = group
    const clock = this.#options.names.tagClock
    const fresh = markers.map((marker) => (marker === clock ? `${newToken()}:0` : newToken()))
    const args = entries.flatMap(({ field, token, leaseFor, seen, force }) => [
      field,
      token,
      leaseFor,
      seen ?? '',
      force ? 1 : 0,
    ])
    const [now, ...rest] = asArray(
      await this.#link.evaluate(
        scripts.ACQUIRE,
        [...entries.map(({ hash }) => hash), ...markers],
        [entries.length, markers.length, markersLiveFor, ...fresh, ...args],
        this.#options.readTimeout,
      ),
    )
    const verdicts = entries.map((entry, index): [string, Verdict] => [
      entry.token,
      verdictFrom(asArray(rest[markers.length + index]), Number(now)),
    ])
    return { entries: new Map(verdicts), tokens: tokensFrom(markers, rest) }
  }

  #grouped<Entry extends Address>(
    entries: readonly Entry[],
    markers: readonly string[],
  ): Group<Entry>[] {
    return this.#link.isCluster
      ? bySlot(entries, markers, ({ hash }) => hash, this.#slotOf)
      : chunked(entries, markers)
  }

  readonly #slotOf = (key: string): number => this.#link.slotOf(key)

  #write(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<unknown> {
    return this.#link.evaluate(script, keys, args, this.#options.writeTimeout)
  }
}

function readId({ hash, field, seen }: Wanted | ReadRequest): string {
  return `${hash}\n${field}\n${seen?.toString('latin1') ?? ''}`
}
