import { RedisUnavailableError } from '../errors.js'

/** A request about one entry, if any, and markers. */
export interface BatchRequest {
  /** undefined when only markers are requested. */
  readonly hash: string | undefined
  readonly markers: readonly string[]
}

/**
 * The reply of one script: answers for its entries and tokens of its markers, in the given order.
 */
export interface ScriptReply<Answer> {
  readonly answers: readonly Answer[]
  readonly tokens: readonly (string | undefined)[]
}

export interface TickBatchOptions<Request extends BatchRequest, Answer, Reply> {
  /**
   * Returns the slot of a key. The keys of one script share a slot; without a cluster there is one.
   */
  readonly slotOf: (key: string) => number
  /** Whether one answer serves both requests, which have the same hash. */
  readonly isSame: (one: Request, other: Request) => boolean
  /** Sends one script. `askers` requested its markers; their entries may be in other scripts. */
  readonly send: (
    entries: readonly Request[],
    markers: readonly string[],
    askers: readonly Request[],
  ) => Promise<ScriptReply<Answer>>
  /**
   * Makes the reply to a request; an exception rejects the request. `answer` is undefined when no
   * entry was requested. The tokens are those of the request's markers, undefined where one is
   * missing.
   */
  readonly finish: (
    request: Request,
    answer: Answer | undefined,
    tokens: readonly (string | undefined)[],
  ) => Reply
}

/**
 * Limits per script: enough to share a round trip, without blocking Redis or exceeding Lua's stack.
 */
const MOST = { entries: 128, markers: 1_024 }

/**
 * Combines the requests of one tick in as few scripts as possible, because a round trip costs the
 * same for one request or a hundred. A request is answered once the scripts that contain its parts
 * have replied; failures of other scripts do not affect it.
 */
export class TickBatch<Request extends BatchRequest, Answer, Reply> {
  readonly #options: TickBatchOptions<Request, Answer, Reply>
  #pending: Pending<Request, Answer, Reply>[] = []

  constructor(options: TickBatchOptions<Request, Answer, Reply>) {
    this.#options = options
  }

  add(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) queueMicrotask(this.#flush)
      this.#pending.push(new Pending(this.#options, request, resolve, reject))
    })
  }

  readonly #flush = (): void => {
    const pending = this.#pending
    this.#pending = []
    const scripts: PendingScript<Request, Answer, Reply>[] = []
    const open = new Map<number, PendingScript<Request, Answer, Reply>>()
    const scriptFor = (key: string): PendingScript<Request, Answer, Reply> => {
      const slot = this.#options.slotOf(key)
      const present = open.get(slot)
      if (present !== undefined && !present.isFull) return present
      const script = new PendingScript(this.#options)
      open.set(slot, script)
      scripts.push(script)
      return script
    }
    for (const each of pending) {
      const { hash, markers } = each.request
      if (hash !== undefined) scriptFor(hash).addEntry(hash, each)
      markers.forEach((marker, index) => scriptFor(marker).addMarker(marker, each, index))
    }
    for (const script of scripts) script.send()
  }
}

/** One request, until all of its parts have arrived. */
class Pending<Request extends BatchRequest, Answer, Reply> {
  readonly request: Request
  readonly #options: TickBatchOptions<Request, Answer, Reply>
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (error: unknown) => void
  readonly #tokens: (string | undefined)[]
  #answer: Answer | undefined
  #missing: number

  constructor(
    options: TickBatchOptions<Request, Answer, Reply>,
    request: Request,
    resolve: (reply: Reply) => void,
    reject: (error: unknown) => void,
  ) {
    this.#options = options
    this.request = request
    this.#resolve = resolve
    this.#reject = reject
    this.#tokens = request.markers.map(() => undefined)
    this.#missing = request.markers.length + (request.hash === undefined ? 0 : 1)
  }

  answer(answer: Answer): void {
    this.#answer = answer
    this.#arrived()
  }

  token(token: string | undefined, index: number): void {
    this.#tokens[index] = token
    this.#arrived()
  }

  fail(error: unknown): void {
    this.#reject(error)
  }

  #arrived(): void {
    this.#missing--
    if (this.#missing > 0) return
    try {
      this.#resolve(this.#options.finish(this.request, this.#answer, this.#tokens))
    } catch (error) {
      this.#reject(error)
    }
  }
}

/** One script under construction, with the requests that wait for each part of its reply. */
class PendingScript<Request extends BatchRequest, Answer, Reply> {
  readonly #options: TickBatchOptions<Request, Answer, Reply>
  readonly #entries: Pending<Request, Answer, Reply>[][] = []
  readonly #entryAt = new Map<string, number>()
  readonly #markers: string[] = []
  readonly #markerAt = new Map<string, number>()
  readonly #readers: {
    readonly position: number
    readonly pending: Pending<Request, Answer, Reply>
    readonly index: number
  }[] = []

  constructor(options: TickBatchOptions<Request, Answer, Reply>) {
    this.#options = options
  }

  get isFull(): boolean {
    return this.#entries.length >= MOST.entries || this.#markers.length >= MOST.markers
  }

  addEntry(hash: string, pending: Pending<Request, Answer, Reply>): void {
    const present = this.#entries[this.#entryAt.get(hash) ?? -1]
    const [first] = present ?? []
    if (first !== undefined && this.#options.isSame(first.request, pending.request)) {
      present?.push(pending)
      return
    }
    this.#entryAt.set(hash, this.#entries.length)
    this.#entries.push([pending])
  }

  addMarker(marker: string, pending: Pending<Request, Answer, Reply>, index: number): void {
    let position = this.#markerAt.get(marker)
    if (position === undefined) {
      position = this.#markers.length
      this.#markerAt.set(marker, position)
      this.#markers.push(marker)
    }
    this.#readers.push({ position, pending, index })
  }

  send(): void {
    const entries = this.#entries.flatMap(([first]) => first?.request ?? [])
    const askers = this.#readers.map(({ pending }) => pending.request)
    this.#options.send(entries, this.#markers, askers).then(
      (reply) => this.#deliver(reply),
      (error: unknown) => this.#fail(error),
    )
  }

  #deliver({ answers, tokens }: ScriptReply<Answer>): void {
    if (answers.length < this.#entries.length) {
      this.#fail(new RedisUnavailableError('a script returned too few answers'))
      return
    }
    for (const { position, pending, index } of this.#readers) {
      pending.token(tokens[position], index)
    }
    this.#entries.forEach((pending, at) => {
      for (const each of pending) each.answer(answers[at] as Answer)
    })
  }

  #fail(error: unknown): void {
    for (const { pending } of this.#readers) pending.fail(error)
    for (const pending of this.#entries) for (const each of pending) each.fail(error)
  }
}
