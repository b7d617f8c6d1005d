import type { Clock } from '../clock.js'

/** Milliseconds from one attempt to the next while a server cannot be had, and what chance adds. */
const SPACING = 340
const SPACING_JITTER = 60
/**
 * At most so many connections made in any so many milliseconds: those for each purpose, twice over, and
 * still less than three a second where they break as soon as they stand.
 */
const PER_WINDOW = 8
const WINDOW = 2_720
/** Milliseconds to wait after a refused login, so that no account gets locked. */
export const AFTER_DENIAL = 5_000
/** A lost connection is made again after up to so many milliseconds, so that a fleet spreads. */
const AFTER_LOSS = 400

/**
 * Says when a server may be connected to: at most three times a second, with jitter, and by one
 * connection at a time until one has got through.
 */
export class ConnectSchedule {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #afterDenial: number
  /** What lets those go who wait, first come first. */
  readonly #waiting: (() => void)[] = []
  /** When those attempts began that did not fail; the last few. */
  readonly #starts: number[] = []
  #isReachable = false
  #running = 0
  #notBefore = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  /** @param afterDenial milliseconds to wait after a refused login, a tenth of it more by chance */
  constructor(clock: Clock, random: () => number, afterDenial = AFTER_DENIAL) {
    this.#clock = clock
    this.#random = random
    this.#afterDenial = afterDenial
  }

  /** Resolves when an attempt may begin; each is followed by `succeeded` or `failed`. Rejects on abort. */
  turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const go = (): void => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        this.#grant()
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort)
      this.#waiting.push(go)
      this.#grant()
    })
  }

  succeeded(): void {
    this.#running -= 1
    this.#isReachable = true
    this.#notBefore = Number.NEGATIVE_INFINITY
    this.#grant()
  }

  failed(wasDenied: boolean): void {
    this.#running -= 1
    this.#isReachable = false
    const now = this.#clock.now()
    const jitter = this.#random()
    this.#notBefore = wasDenied
      ? now + this.#afterDenial * (1 + jitter / 10)
      : Math.max(now, (this.#starts.pop() ?? now) + SPACING + jitter * SPACING_JITTER)
    this.#grant()
  }

  /** A connection that worked is gone. */
  lost(): void {
    const earliest = this.#clock.now() + this.#random() * AFTER_LOSS
    if (this.#notBefore < this.#clock.now()) this.#notBefore = earliest
  }

  #grant(): void {
    this.#cancel?.()
    this.#cancel = undefined
    while (this.#waiting.length > 0 && (this.#isReachable || this.#running === 0)) {
      const now = this.#clock.now()
      const oldest = this.#starts.at(-PER_WINDOW) ?? Number.NEGATIVE_INFINITY
      const from = Math.max(this.#notBefore, oldest + WINDOW)
      if (from > now) {
        this.#cancel = this.#clock.schedule(from - now, () => this.#grant())
        return
      }
      this.#starts.push(now)
      if (this.#starts.length > PER_WINDOW) this.#starts.shift()
      this.#running += 1
      this.#waiting.shift()?.()
    }
  }
}
