import { randomBytes } from 'node:crypto'

import { RedisUnavailableError } from '../errors.js'
import type { Names } from '../keys/names.js'
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
import type { RedisArgument, RedisLink, Script } from './link.js'
import * as scripts from './scripts.js'
import { TickBatch } from './tick-batch.js'

export interface RedisStoreOptions {
  readonly link: RedisLink
  readonly names: Names
  /** Deadline of reads and leases. Milliseconds. */
  readonly readTimeout: number
  /** Deadline of stores, puts and invalidations. Milliseconds. */
  readonly writeTimeout: number
  /** Messages that the log keeps, roughly. */
  readonly logLength: number
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

type Verdict =
  | { readonly kind: 'found'; readonly entry: SharedEntry }
  | { readonly kind: 'held'; readonly holder: string; readonly remaining: number }
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused' }

/** Bytes of server time before a sealed entry. */
const TIMES = 12
/** Bytes of the checksum that ends a sealed entry. */
const CHECKSUM = 8
/** Milliseconds that log and tail live without a message. */
const LOG_LIFETIME = 7 * 86_400_000

/** The shared tier on Redis: the scripts, called so that what belongs to one tick travels together. */
export class RedisStore implements SharedStore {
  readonly #options: RedisStoreOptions
  readonly #link: RedisLink
  readonly #reads: TickBatch<ReadRequest, ReadReply>
  readonly #claims: TickBatch<SeizeRequest & { claim: Claim }, AcquireReply>

  constructor(options: RedisStoreOptions) {
    this.#options = options
    this.#link = options.link
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

  async finishPut(request: FinishPutRequest): Promise<boolean> {
    const { hash, field, token, sealed, freshFor, keptFor, origin } = request
    const args = [field, token, sealed ?? '', freshFor, keptFor]
    return (await this.#published(scripts.FINISH_PUT, [hash], args, origin)) === 1
  }

  async expire(hash: string, origin: string): Promise<void> {
    await this.#published(scripts.EXPIRE, [hash], [], origin)
  }

  async invalidate(batch: InvalidationBatch): Promise<InvalidationReply> {
    const names = [...batch.keys, ...batch.markers, ...batch.tags]
    const failed = this.#link.isCluster
      ? await this.#invalidateOnCluster(batch)
      : await this.#invalidateOnServer(batch, names)
    const confirmed = names.length > failed.size
    if (batch.durability === 0 || !confirmed) return { unconfirmed: [...failed], replicas: 0 }
    const { writeTimeout } = this.#options
    const replicas = await Promise.all(
      names.map((name) => this.#link.wait(name, batch.durability, writeTimeout).catch(() => 0)),
    )
    return { unconfirmed: [...failed], replicas: Math.min(...replicas) }
  }

  async #invalidateOnServer(
    batch: InvalidationBatch,
    names: readonly string[],
  ): Promise<ReadonlySet<string>> {
    try {
      await this.#invalidateGroup(batch, this.#message(batch.origin, names))
      return new Set()
    } catch {
      return new Set(names)
    }
  }

  /** The message goes out only after the deletes are confirmed, so that nobody can read the old value after it. */
  async #invalidateOnCluster(batch: InvalidationBatch): Promise<ReadonlySet<string>> {
    const failed = new Set<string>()
    const kinds = [
      ...bySlot(batch.keys, [], identity, this.#slotOf).map(({ entries }) => ({ keys: entries })),
      ...bySlot(batch.markers, [], identity, this.#slotOf).map(({ entries }) => ({
        markers: entries,
      })),
      ...bySlot(batch.tags, [], identity, this.#slotOf).map(({ entries }) => ({ tags: entries })),
    ]
    const done: string[] = []
    await Promise.all(
      kinds.map(async (kind) => {
        const part = { ...batch, keys: [], markers: [], tags: [], ...kind }
        const names = [...part.keys, ...part.markers, ...part.tags]
        try {
          await this.#invalidateGroup(part, undefined)
          done.push(...names)
        } catch {
          for (const name of names) failed.add(name)
        }
      }),
    )
    if (done.length === 0) return failed
    try {
      await this.#append(batch.origin, done)
    } catch {
      for (const name of done) failed.add(name)
    }
    return failed
  }

  async #invalidateGroup(
    batch: InvalidationBatch,
    message: readonly RedisArgument[] | undefined,
  ): Promise<void> {
    const { keys, markers, tags, markersLiveFor } = batch
    const { names } = this.#options
    const tokens = [...markers, ...tags].map(newToken)
    await this.#write(
      scripts.INVALIDATE,
      [
        ...keys,
        ...markers,
        ...tags,
        ...(tags.length > 0 ? [names.tagClock] : []),
        ...(message === undefined ? [] : [names.logStream, names.logTail]),
      ],
      [
        keys.length,
        markers.length,
        tags.length,
        markersLiveFor,
        ...tokens,
        newToken(),
        ...(message ?? []),
      ],
    )
  }

  /** A script that changes one entry and then says so in the log: in one step where that can be. */
  async #published(
    script: Script,
    keys: readonly [string],
    args: readonly RedisArgument[],
    origin: string,
  ): Promise<unknown> {
    const { names } = this.#options
    if (!this.#link.isCluster) {
      const log = [names.logStream, names.logTail]
      return this.#write(script, [...keys, ...log], [...args, ...this.#message(origin, keys)])
    }
    const reply = await this.#write(script, keys, args)
    await this.#append(origin, keys)
    return reply
  }

  async #append(origin: string, invalidated: readonly string[]): Promise<void> {
    const { names } = this.#options
    const keys = [names.logStream, names.logTail]
    await this.#write(scripts.APPEND, keys, this.#message(origin, invalidated))
  }

  #message(origin: string, names: readonly string[]): RedisArgument[] {
    return [newToken(), origin, JSON.stringify(names), this.#options.logLength, LOG_LIFETIME]
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

interface GroupReply<Entries> {
  readonly entries: Entries
  readonly tokens: ReadonlyMap<string, string | undefined>
}

/** Which script of a batch brings what: a request waits for those that bring its own, and no others. */
class Sources<Entries> {
  readonly #byEntry = new Map<string, Promise<GroupReply<Entries>>>()
  readonly #byMarker = new Map<string, Promise<GroupReply<Entries>>>()

  add(
    ids: readonly string[],
    markers: readonly string[],
    reply: Promise<GroupReply<Entries>>,
  ): void {
    for (const id of ids) this.#byEntry.set(id, reply)
    for (const marker of markers) this.#byMarker.set(marker, reply)
  }

  async gather(
    id: string,
    markers: readonly string[],
  ): Promise<{ entries: Entries; tokens: (string | undefined)[] }> {
    const [own, ...others] = await Promise.all([
      this.#byEntry.get(id),
      ...markers.map((marker) => this.#byMarker.get(marker)),
    ])
    if (own === undefined) throw new RedisUnavailableError('a script brought no answer')
    const tokens = markers.map((marker, index) => others[index]?.tokens.get(marker))
    return { entries: own.entries, tokens }
  }
}

/** 96 random bits, in 16 characters. */
function newToken(): string {
  return randomBytes(12).toString('base64url')
}

function identity(name: string): string {
  return name
}

function readId({ hash, field, seen }: Wanted | ReadRequest): string {
  return `${hash}\n${field}\n${seen?.toString('latin1') ?? ''}`
}

function asArray(reply: unknown): unknown[] {
  if (Array.isArray(reply)) return reply
  throw new RedisUnavailableError('Redis answered a script with something else than a list')
}

function tokensFrom(
  markers: readonly string[],
  values: readonly unknown[],
): ReadonlyMap<string, string | undefined> {
  return new Map(
    markers.map((marker, index) => {
      const value = values[index]
      return [marker, Buffer.isBuffer(value) ? value.toString('latin1') : undefined]
    }),
  )
}

/** undefined when there is none, or it has run out by the server's clock. */
function entryFrom(value: unknown, now: number, seen?: Buffer): SharedEntry | undefined {
  if (!Buffer.isBuffer(value) || value.length < TIMES) return undefined
  const remaining = value.readUIntBE(0, 6) - now
  if (remaining <= 0) return undefined
  const fresh = value.readUIntBE(6, 6) - now
  if (value.length === TIMES) {
    return seen === undefined ? undefined : { stamp: seen, sealed: undefined, remaining, fresh }
  }
  const checksum = value.subarray(-CHECKSUM)
  const stamp = Buffer.concat([value.subarray(0, TIMES), checksum])
  return { stamp, sealed: value.subarray(TIMES), remaining, fresh }
}

function verdictFrom(reply: readonly unknown[], now: number): Verdict {
  const [kind, first, second] = reply
  if (kind === 1) {
    const entry = entryFrom(first, now)
    return entry === undefined ? { kind: 'refused' } : { kind: 'found', entry }
  }
  if (kind === 2) return { kind: 'held', holder: String(first), remaining: Number(second) }
  return kind === 3 ? { kind: 'granted' } : { kind: 'refused' }
}

/** @throws RedisUnavailableError when Redis refused the lease or could not keep a marker */
function replyFrom(
  verdict: Verdict | undefined,
  tokens: readonly (string | undefined)[],
  markers: number,
  withClock: boolean,
): AcquireReply {
  const present = tokens.filter((token) => token !== undefined)
  if (verdict === undefined || verdict.kind === 'refused' || present.length < tokens.length) {
    throw new RedisUnavailableError('Redis could not give the lease')
  }
  const clock = withClock ? (present[markers] ?? '') : ''
  const capture = { tokens: present.slice(0, markers), clock }
  if (verdict.kind === 'found') return { outcome: 'found', capture, entry: verdict.entry }
  if (verdict.kind === 'granted') return { outcome: 'granted', capture }
  return { outcome: 'held', capture, holder: verdict.holder, remaining: verdict.remaining }
}
