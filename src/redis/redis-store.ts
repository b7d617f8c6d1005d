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
import { newToken } from '../token.js'
import { AtMost } from './at-most.js'
import { ACQUIRE, READ, RELEASE, RENEW, STORE } from './entry-scripts.js'
import { EXPIRE, FINISH_PUT, STAMP_TAGS } from './invalidation-scripts.js'
import { RedisInvalidations, type RedisInvalidationsOptions } from './invalidations.js'
import type { RedisArgument, RedisLink, Script } from './link.js'
import {
  acquireReplyFrom,
  asArray,
  entryFrom,
  stampArgument,
  timeFrom,
  tokenFrom,
  type Verdict,
  verdictFrom,
} from './replies.js'
import { type BatchRequest, type ScriptReply, TickBatch } from './tick-batch.js'

export interface RedisStoreOptions extends RedisInvalidationsOptions {
  /** Deadline of reads and lease requests, in milliseconds. */
  readonly readTimeout: number
}

/** A request for a lease. With `withClock`, the tag clock follows the markers. */
interface Claim extends Address {
  readonly token: string
  readonly leaseFor: number
  readonly markers: readonly string[]
  readonly withClock: boolean
  readonly markersLiveFor: number
  readonly seen: string | undefined
  readonly force: boolean
}

interface Wanted extends BatchRequest {
  readonly field: string
  readonly seen?: string | undefined
}

/** Each store is a command of its own, and a link admits at most 1,000 pending commands. */
const STORES_AT_ONCE = 500

/** The shared tier on Redis. Requests of one tick are sent together. */
export class RedisStore implements SharedStore {
  readonly #options: RedisStoreOptions
  readonly #link: RedisLink
  readonly #invalidations: RedisInvalidations
  readonly #reads: TickBatch<Wanted, SharedEntry | undefined, ReadReply>
  readonly #claims: TickBatch<Claim, Verdict, AcquireReply>
  readonly #stores = new AtMost(STORES_AT_ONCE)

  constructor(options: RedisStoreOptions) {
    const { link } = options
    this.#options = options
    this.#link = link
    this.#invalidations = new RedisInvalidations(options)
    const slotOf = (key: string): number => link.slotOf(key)
    this.#reads = new TickBatch({
      slotOf,
      isSame: (one, other) => one.field === other.field && one.seen === other.seen,
      send: (entries, markers) => this.#sendReads(entries, markers),
      finish: (_, entry, tokens) => ({ entry, tokens }),
    })
    this.#claims = new TickBatch({
      slotOf,
      isSame: () => false,
      send: (claims, markers, askers) => this.#sendClaims(claims, markers, askers),
      finish: ({ withClock }, verdict, tokens) => acquireReplyFrom(verdict, tokens, withClock),
    })
  }

  read(request: ReadRequest): Promise<ReadReply> {
    return this.#reads.add(request)
  }

  async readTags(markers: readonly string[]): Promise<(string | undefined)[]> {
    if (markers.length === 0) return []
    const wanted = { hash: undefined, field: '', markers, seen: undefined }
    const { tokens } = await this.#reads.add(wanted)
    return tokens.map((token) => token?.split(':')[2])
  }

  acquire(request: AcquireRequest): Promise<AcquireReply> {
    return this.#claim(request, request.seen, false)
  }

  async seize(request: SeizeRequest): Promise<Capture> {
    return (await this.#claim(request, undefined, true)).capture
  }

  async renew(address: Address, token: string, leaseFor: number): Promise<boolean> {
    return (await this.#write(RENEW, [address.hash], [address.field, token, leaseFor])) === 1
  }

  async release(address: Address, token: string): Promise<void> {
    await this.#write(RELEASE, [address.hash], [address.field, token])
  }

  async stampTags(
    clock: string,
    markers: readonly string[],
    markersLiveFor: number,
  ): Promise<string[] | undefined> {
    const reply = await this.#write(
      STAMP_TAGS,
      [this.#options.names.tagClock, ...markers],
      [clock, markersLiveFor, ...markers.map(newToken)],
    )
    const isWhole = Array.isArray(reply) && reply.length === markers.length
    return isWhole ? reply.map(String) : undefined
  }

  async store(request: StoreRequest): Promise<boolean> {
    const { hash, field, token, sealed, freshFor, keptFor, isStamped } = request
    const args = [field, token, sealed, freshFor, keptFor, isStamped ? 1 : 0]
    return (await this.#stores.run(() => this.#write(STORE, [hash], args))) === 1
  }

  invalidate(batch: InvalidationBatch): Promise<InvalidationReply> {
    return this.#invalidations.invalidate(batch)
  }

  async finishPut(request: FinishPutRequest): Promise<boolean> {
    const { hash, field, token, sealed, freshFor, keptFor, isStamped, origin } = request
    const args = [field, token, sealed ?? '', freshFor, keptFor, isStamped ? 1 : 0]
    return (await this.#invalidations.published(FINISH_PUT, hash, args, origin)) === 1
  }

  replicasOf(name: string, durability: number): Promise<number> {
    return this.#invalidations.replicasOf([name], durability)
  }

  async expire(hash: string, origin: string): Promise<void> {
    await this.#invalidations.published(EXPIRE, hash, [], origin)
  }

  async #sendReads(
    entries: readonly Wanted[],
    markers: readonly string[],
  ): Promise<ScriptReply<SharedEntry | undefined>> {
    const keys = entries.map(({ hash = '' }) => hash)
    const args: RedisArgument[] = [entries.length]
    for (const { field, seen } of entries) args.push(field, stampArgument(seen))
    const { readTimeout } = this.#options
    const reply = asArray(await this.#link.evaluate(READ, [...keys, ...markers], args, readTimeout))
    const now = timeFrom(reply[0])
    return {
      answers: entries.map(({ seen }, index) => entryFrom(reply[1 + index], now, seen)),
      tokens: markers.map((_, index) => tokenFrom(reply[1 + entries.length + index])),
    }
  }

  #claim(request: SeizeRequest, seen: string | undefined, force: boolean): Promise<AcquireReply> {
    const { hash, field, token, leaseFor, markersLiveFor, withClock } = request
    const clock = this.#options.names.tagClock
    const markers = withClock ? [...request.markers, clock] : request.markers
    const claim = { hash, field, token, leaseFor, markers, withClock, markersLiveFor, seen, force }
    return this.#claims.add(claim)
  }

  async #sendClaims(
    claims: readonly Claim[],
    markers: readonly string[],
    askers: readonly Claim[],
  ): Promise<ScriptReply<Verdict>> {
    const clock = this.#options.names.tagClock
    const liveFor = askers.reduce((most, asker) => Math.max(most, asker.markersLiveFor), 0)
    const args: RedisArgument[] = [claims.length, markers.length, liveFor]
    for (const marker of markers) args.push(marker === clock ? `${newToken()}:0` : newToken())
    for (const { field, token, leaseFor, seen, force } of claims) {
      args.push(field, token, leaseFor, stampArgument(seen), force ? 1 : 0)
    }
    const keys = claims.map(({ hash }) => hash)
    const { readTimeout } = this.#options
    const reply = asArray(
      await this.#link.evaluate(ACQUIRE, [...keys, ...markers], args, readTimeout),
    )
    const now = timeFrom(reply[0])
    return {
      tokens: markers.map((_, index) => tokenFrom(reply[1 + index])),
      answers: claims.map((_, index) =>
        verdictFrom(asArray(reply[1 + markers.length + index]), now),
      ),
    }
  }

  #write(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<unknown> {
    return this.#link.evaluate(script, keys, args, this.#options.writeTimeout)
  }
}
