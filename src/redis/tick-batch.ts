interface Pending<Request, Reply> {
  readonly request: Request
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

/** Gathers the requests of one tick, so that they travel together. A lone one is not delayed. */
export class TickBatch<Request, Reply> {
  readonly #send: (requests: readonly Request[]) => readonly Promise<Reply>[]
  #pending: Pending<Request, Reply>[] = []

  /** @param send answers each request of a batch by a promise of its own, in the same order */
  constructor(send: (requests: readonly Request[]) => readonly Promise<Reply>[]) {
    this.#send = send
  }

  add(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) queueMicrotask(() => this.#flush())
      this.#pending.push({ request, resolve, reject })
    })
  }

  #flush(): void {
    const pending = this.#pending
    this.#pending = []
    const replies = this.#send(pending.map(({ request }) => request))
    pending.forEach(({ resolve, reject }, index) => {
      const reply = replies[index]
      if (reply === undefined) reject(new RangeError('a request of the batch was not answered'))
      else reply.then(resolve, reject)
    })
  }
}
