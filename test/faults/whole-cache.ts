import type { Cache } from '../../src/cache.js'

/** What one call of a cache gave and took. */
interface TimedCall {
  /** When it began: milliseconds since the load began. */
  readonly at: number
  /** Milliseconds. */
  readonly took: number
  readonly error: string | undefined
}

/** Callers of a whole cache, at a steady rate, whose method takes no time. */
export class Callers {
  readonly calls: TimedCall[] = []
  loads = 0
  readonly #begun = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #running = new Set<Promise<void>>()
  #sent = 0

  /** @param keys how many keys take turns */
  constructor(cache: Cache, perSecond: number, keys = 50) {
    this.#timer = setInterval(() => {
      const due = Math.floor((this.now / 1_000) * perSecond)
      for (; this.#sent < due; this.#sent += 1) this.#run(cache, this.#sent % keys)
    }, 5)
    this.#timer.unref()
  }

  get now(): number {
    return performance.now() - this.#begun
  }

  get errors(): string[] {
    return this.calls.flatMap(({ error }) => (error === undefined ? [] : [error]))
  }

  /** The quantile of what calls took that began in a span of time. */
  quantile(share: number, from = 0, to = Number.POSITIVE_INFINITY): number {
    const times = this.calls.filter(({ at }) => at >= from && at < to).map(({ took }) => took)
    times.sort((one, other) => one - other)
    return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#running)
  }

  #run(cache: Cache, key: number): void {
    const call = this.#call(cache, key)
    this.#running.add(call)
    void call.finally(() => this.#running.delete(call))
  }

  async #call(cache: Cache, key: number): Promise<void> {
    const at = this.now
    let error: string | undefined
    try {
      await cache.getOrLoad(key, async () => {
        this.loads += 1
        return 'value'
      })
    } catch (reason) {
      error = String(reason)
    }
    this.calls.push({ at, took: this.now - at, error })
  }
}
