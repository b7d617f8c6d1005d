import { RedisUnavailableError } from '../errors.js'

/** What is asked about one entry: the entry itself, if any, and markers beside it. */
export interface BatchRequest {
  /** undefined: only markers are asked for. */
  readonly hash: string | undefined
  readonly markers: readonly string[]
}

/** What one script has answered: about its entries and its markers, in the order they were given. */
export interface ScriptReply<Answer> {
  readonly answers: readonly Answer[]
  readonly tokens: readonly (string | undefined)[]
}

export interface TickBatchOptions<Request extends BatchRequest, Answer, Reply> {
  /** On a cluster the keys of one script must share a slot; elsewhere all have the same. */
  readonly slotOf: (key: string) => number
  /** Whether one answer serves both, which have the same hash. */
  readonly isSame: (one: Request, other: Request) => boolean
  /** Sends one script. `askers` are those who want its markers, whose entries may be in others. */
  readonly send: (
    entries: readonly Request[],
    markers: readonly string[],
    askers: readonly Request[],
  ) => Promise<ScriptReply<Answer>>
  /**
   * What the asker gets; what it throws, the asker gets thrown. `answer` is undefined when no entry was
   * asked about; the tokens are those of the request's markers, undefined where one is missing.
   */
  readonly finish: (
    request: Request,
    answer: Answer | undefined,
    tokens: readonly (string | undefined)[],
  ) => Reply
}

/** Per script: enough to share the round trip, few enough not to hold up Redis, nor Lua's stack. */
const MOST = { entries: 128, markers: 1_024 }

/**
 * Requests of one tick leave in as few scripts as can be: a round trip costs the same with one or a
 * hundred. Each is answered as soon as the scripts that bring a part of it have answered; the failure
 * of others is none of its business.
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

/** One request, until all of its parts have come. */
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

/** One script that is being put together, and who waits for which part of its reply. */
class PendingScript<Request extends BatchRequest, Answer, Reply> {
  readonly #options: TickBatchOptions<Request, Answer, Reply>
  readonly #entries: Pending<Request, Answer, Reply>[][] = []
  readonly #entryAt = new Map<string, number>()
  readonly #markers: string[] = []
  readonly #markerAt = new Map<string, number>()
  readonly #readers: {
    readonly of: number
    readonly by: Pending<Request, Answer, Reply>
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

  addMarker(marker: string, by: Pending<Request, Answer, Reply>, index: number): void {
    let of = this.#markerAt.get(marker)
    if (of === undefined) {
      of = this.#markers.length
      this.#markerAt.set(marker, of)
      this.#markers.push(marker)
    }
    this.#readers.push({ of, by, index })
  }

  send(): void {
    const entries = this.#entries.flatMap(([first]) => first?.request ?? [])
    const askers = this.#readers.map(({ by }) => by.request)
    this.#options.send(entries, this.#markers, askers).then(
      (reply) => this.#deliver(reply),
      (error: unknown) => this.#fail(error),
    )
  }

  #deliver({ answers, tokens }: ScriptReply<Answer>): void {
    if (answers.length < this.#entries.length) {
      this.#fail(new RedisUnavailableError('a script brought no answer'))
      return
    }
    for (const { of, by, index } of this.#readers) by.token(tokens[of], index)
    this.#entries.forEach((pending, at) => {
      for (const each of pending) each.answer(answers[at] as Answer)
    })
  }

  #fail(error: unknown): void {
    for (const { by } of this.#readers) by.fail(error)
    for (const pending of this.#entries) for (const each of pending) each.fail(error)
  }
}
