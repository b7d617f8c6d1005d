import * as fc from 'fast-check'

import { RedisReplyError } from '../../src/redis/link.js'
import { APPEND } from '../../src/redis/invalidation-scripts.js'
import type {
  AcquireReply,
  LogMessage,
  SeizeRequest,
  StoreRequest,
  SharedEntry,
} from '../../src/tiers/shared-store.js'
import type { StoreSubject } from './store-subject.js'

/** One operation on a store, or on Redis behind its back. Numbers are taken modulo what there is. */
export interface Step {
  readonly kind: (typeof KINDS)[number]
  readonly key: number
  readonly field: number
  readonly token: number
  readonly marker: number
  readonly seen: number
  readonly flag: boolean
}

const KINDS = [
  'read',
  'read-tags',
  'acquire',
  'seize',
  'renew',
  'release',
  'store',
  'stamp-tags',
  'finish-put',
  'evict',
  'invalidate-marker',
  'invalidate-tags',
  'expire',
  'attach',
  'tail',
  'append',
  'crowd',
  'squat',
  'rubbish',
  'remove',
  'run-out',
  'fill',
  'flush',
] as const

/** What is done often, and what only now and then. */
const RARE = new Set<string>([
  ...['squat', 'rubbish', 'remove', 'run-out', 'fill', 'flush'],
  ...['attach', 'append', 'crowd'],
])
/**
 * After these the clock goes on: two stamps of one time would be one on a fast server only, and so
 * would the ids of two messages of which the first is gone.
 */
const TIMED = new Set<string>([
  ...['store', 'finish-put', 'expire', 'crowd'],
  ...['flush', 'remove', 'squat'],
])

const KEYS = ['1', '2']
const FIELDS = ['1', '2']
const TOKENS = ['la', 'lb', 'pc']
const LONG = 50_000
const LIVE_FOR = 1_000_000
/** More than fit into one script. */
const CROWD = 140
const RUBBISH = ['', 'x', 'twelve bytes', 'thirteen byte', '\u0000'.repeat(40), 'y'.repeat(60)]

export function traces(): fc.Arbitrary<Step[]> {
  const step = fc.record({
    kind: fc.oneof(
      ...KINDS.map((kind) => ({ weight: RARE.has(kind) ? 1 : 4, arbitrary: fc.constant(kind) })),
    ),
    key: fc.constantFrom(0, 0, 1),
    field: fc.constantFrom(0, 0, 1),
    token: fc.nat(2),
    marker: fc.nat(2),
    seen: fc.nat(5),
    flag: fc.boolean(),
  })
  return fc.array(step, { minLength: 5, maxLength: 40 })
}

/**
 * Does a list of operations and tells what came of each. What is random in a reply, such as a token
 * that the store has made, is told by the number of the reply in which it first appeared: two stores
 * that do the same tell the same.
 */
export class Trace {
  readonly #subject: StoreSubject
  readonly #numbers = new Map<string, string>()
  readonly #stamps: SharedEntry['stamp'][] = []
  readonly #clocks: string[] = ['rubbish']
  #position = { id: '0-0', tail: '' }
  #stored = 0
  /** Every other store is one whose readers ask for its stamp. */
  #isStamped = false

  constructor(subject: StoreSubject) {
    this.#subject = subject
  }

  async run(steps: readonly Step[]): Promise<string[]> {
    const lines: string[] = []
    for (const step of steps) {
      lines.push(`${step.kind}: ${await this.#tell(step)}`)
      if (TIMED.has(step.kind)) await this.#subject.pass(1)
    }
    await this.#subject.fill(false)
    for (const line of await this.#remains()) lines.push(line)
    return lines
  }

  async #tell(step: Step): Promise<string> {
    try {
      return JSON.stringify(await this.#do(step)) ?? 'done'
    } catch (error) {
      return failure(error)
    }
  }

  async #do(step: Step): Promise<unknown> {
    const { store } = this.#subject
    const address = { hash: this.#hash(step.key), field: pick(FIELDS, step.field) }
    const token = pick(TOKENS, step.token)
    const markers = this.#markers.slice(0, step.marker)
    const tags = this.#tags.slice(0, 1 + (step.marker % 2))
    const claim = { ...address, token, leaseFor: LONG, markers, withClock: step.flag }
    const seen = step.seen === 0 ? undefined : this.#stamps.at(-step.seen)
    switch (step.kind) {
      case 'read': {
        const reply = await store.read({ ...address, markers, seen })
        return [this.#entry(reply.entry), reply.tokens.map((each) => this.#number(each))]
      }
      case 'read-tags':
        return (await store.readTags(tags)).map((each) => this.#number(each))
      case 'acquire':
        return this.#acquired(await store.acquire({ ...claim, markersLiveFor: LIVE_FOR, seen }))
      case 'seize':
        return this.#captured(await store.seize({ ...claim, markersLiveFor: LIVE_FOR }))
      case 'renew':
        return store.renew(address, token, LONG)
      case 'release':
        return store.release(address, token)
      case 'store':
        return store.store({ ...address, token, sealed: this.#sealed(), ...this.#lifetime(step) })
      case 'stamp-tags': {
        const clock = this.#clocks.at(-1 - (step.seen % this.#clocks.length)) ?? ''
        const tokens = await store.stampTags(clock, tags, LIVE_FOR)
        return tokens?.map((each) => this.#number(each)) ?? 'refused'
      }
      case 'finish-put': {
        const sealed = step.flag ? this.#sealed() : undefined
        return store.finishPut({ ...address, token, sealed, ...this.#lifetime(step), origin: 'o' })
      }
      case 'evict':
        return this.#invalidate({ keys: [address.hash, ...(step.flag ? [this.#hash(1)] : [])] })
      case 'invalidate-marker':
        return this.#invalidate({ markers: [pick(this.#markers, step.marker)] })
      case 'invalidate-tags':
        return this.#invalidate({ tags, ...(step.flag ? { keys: [address.hash] } : {}) })
      case 'expire':
        return store.expire(address.hash, 'o')
      case 'attach':
        this.#position = await this.#subject.log.attach()
        return [this.#number(this.#position.tail), await this.#readOn()]
      case 'tail':
        return [this.#number(await this.#subject.log.tail()), await this.#readOn()]
      case 'append':
        return this.#append(address.hash)
      case 'crowd':
        return this.#crowd(claim, step)
      case 'squat':
        return this.#subject.squat(pick(this.#all, step.token * 7 + step.seen))
      case 'rubbish':
        return this.#rubbish(step)
      case 'remove':
        return this.#subject.remove(pick(this.#all, step.token * 7 + step.seen))
      case 'run-out':
        return this.#runOut(address, step.flag)
      case 'fill':
        return this.#subject.fill(step.flag)
      case 'flush':
        return this.#subject.flush()
    }
  }

  async #invalidate(what: {
    readonly keys?: string[]
    readonly markers?: string[]
    readonly tags?: string[]
  }): Promise<unknown> {
    const rest = { markersLiveFor: LIVE_FOR, origin: 'o', durability: 0 }
    return this.#subject.store.invalidate({ keys: [], markers: [], tags: [], ...what, ...rest })
  }

  /** What a cluster does once the keys are deleted; elsewhere it is a part of other scripts. */
  #append(hash: string): Promise<unknown> {
    const { logStream, logTail } = this.#subject.names
    const message = [`message ${this.#numbers.size}`.padEnd(16), 'o', JSON.stringify([hash])]
    return this.#subject.evaluate(APPEND, [logStream, logTail], [...message, 10_000, LIVE_FOR])
  }

  /** Many at once: they travel in as few scripts as can be, and each gets what is its own. */
  async #crowd(claim: Omit<SeizeRequest, 'markersLiveFor'>, step: Step): Promise<unknown> {
    const { store, names } = this.#subject
    const hashes = Array.from({ length: CROWD }, (_, index) => names.entry('n', 'e', `c${index}`))
    const claims = hashes.map((hash) => ({ ...claim, hash }))
    const granted = await Promise.allSettled(
      claims.map((each) => store.acquire({ ...each, markersLiveFor: LIVE_FOR, seen: undefined })),
    )
    const stored = await Promise.allSettled(
      claims
        .filter((_, index) => index % 2 === 0)
        .map((each) =>
          store.store({
            ...each,
            sealed: this.#sealed(),
            freshFor: LONG,
            keptFor: LONG,
            isStamped: step.flag,
          }),
        ),
    )
    const found = await Promise.allSettled(claims.map((each) => store.read(each)))
    const evicted = step.flag ? await this.#invalidate({ keys: hashes }) : 'not evicted'
    return [
      granted.map((each) => told(each, (reply) => this.#acquired(reply))),
      stored.map((each) => told(each, (reply) => reply)),
      found.map((each) => told(each, ({ entry }) => this.#entry(entry))),
      evicted,
    ]
  }

  /** Makes an entry or a lease run out by writing another time into it: nobody has to wait. */
  async #runOut({ hash, field }: { hash: string; field: string }, isLease: boolean): Promise<void> {
    const name = `${isLease ? 'l' : 'e'}:${field}`
    const value = await this.#subject.field(hash, name)
    if (value === undefined || value.length < 6) return
    value.writeUIntBE(1, 0, 6)
    await this.#subject.setField(hash, name, value)
  }

  async #rubbish(step: Step): Promise<void> {
    const text = pick(RUBBISH, step.token + step.seen)
    if (step.flag) {
      const name = `${step.marker === 0 ? 'l' : 'e'}:${pick(FIELDS, step.field)}`
      await this.#subject.setField(this.#hash(step.key), name, Buffer.from(text))
    } else {
      const { names } = this.#subject
      const keys = [...this.#markers, ...this.#tags, names.tagClock, names.logTail]
      await this.#subject.setText(pick(keys, step.token + step.seen + step.key), text)
    }
  }

  async #readOn(): Promise<unknown> {
    const messages = await this.#subject.log.readAfter(this.#position.id, 1)
    const last = messages.at(-1)
    if (last !== undefined) this.#position = { id: last.id, tail: last.token }
    return messages.map((message) => this.#message(message))
  }

  async #remains(): Promise<string[]> {
    const lines: string[] = []
    for (const [index] of KEYS.entries()) {
      const hash = this.#hash(index)
      const names = (await this.#subject.fieldNames(hash)).sort()
      const lives = (await this.#subject.timeToLive(hash)) > 0
      lines.push(`${index} has ${names.join(' ')} and ${lives ? 'ends' : 'does not end'}`)
    }
    return lines
  }

  // What is told.

  #entry(entry: SharedEntry | undefined): unknown {
    if (entry === undefined) return 'nothing'
    const { stamp, sealed, remaining, fresh } = entry
    this.#stamps.push(stamp)
    return [
      this.#number(JSON.stringify(stamp)),
      sealed?.toString('latin1') ?? 'unchanged',
      remaining > 0,
      fresh > 0,
    ]
  }

  #acquired(reply: AcquireReply): unknown {
    const capture = this.#captured(reply.capture)
    if (reply.outcome === 'found') return ['found', capture, this.#entry(reply.entry)]
    if (reply.outcome === 'held') return ['held', capture, reply.holder, reply.remaining > 0]
    return ['granted', capture]
  }

  #captured({ tokens, clock }: AcquireReply['capture']): unknown {
    if (clock !== '') this.#clocks.push(clock)
    const [epoch = '', counter = ''] = clock.split(':')
    return [tokens.map((each) => this.#number(each)), this.#number(epoch), counter]
  }

  #message({ token, previous, origin, names }: LogMessage): unknown {
    return [this.#number(token), this.#number(previous), origin, names]
  }

  #number(text: string | undefined): string {
    if (text === undefined || text.length < 16) return text ?? 'missing'
    const present = this.#numbers.get(text)
    if (present !== undefined) return present
    const number = `#${this.#numbers.size}`
    this.#numbers.set(text, number)
    return number
  }

  // What it is done to.

  get #markers(): string[] {
    const { names } = this.#subject
    return [names.namespaceMarker('n'), names.entryMarker('n', 'e'), names.scopeMarker('n', 's')]
  }

  get #tags(): string[] {
    const { names } = this.#subject
    return [names.tagMarker('a'), names.tagMarker('b')]
  }

  get #all(): string[] {
    const { names } = this.#subject
    const keys = KEYS.map((_, index) => this.#hash(index))
    const log = [names.logTail, names.logStream]
    return [...keys, ...this.#markers, ...this.#tags, names.tagClock, ...log]
  }

  #hash(index: number): string {
    return this.#subject.names.entry('n', 'e', pick(KEYS, index))
  }

  #lifetime(step: Step): Pick<StoreRequest, 'freshFor' | 'keptFor' | 'isStamped'> {
    this.#isStamped = !this.#isStamped
    return { freshFor: step.flag ? LONG : 1, keptFor: 2 * LONG, isStamped: this.#isStamped }
  }

  /** Ends in what no other one ends in, as the checksum of an entry does. */
  #sealed(): Buffer {
    this.#stored += 1
    return Buffer.from(
      `sealed ${'-'.repeat(this.#stored % 40)}${String(this.#stored).padStart(8, '0')}`,
    )
  }
}

function told<T>(result: PromiseSettledResult<T>, tell: (value: T) => unknown): unknown {
  return result.status === 'fulfilled' ? tell(result.value) : failure(result.reason)
}

function failure(error: unknown): string {
  if (error instanceof RedisReplyError) return `error ${error.reply}`
  return `error ${(error as Error).name}`
}

function pick<T>(values: readonly T[], index: number): T {
  return values[index % values.length] as T
}
