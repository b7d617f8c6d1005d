import type { Clock } from '../clock.js'

/** Milliseconds between attempts while a server cannot be reached, and the most jitter added. */
const SPACING = 340
const SPACING_JITTER = 60
/**
 * At most `PER_WINDOW` attempts that do not fail start in any `WINDOW` milliseconds: enough to open
 * the connections of all lanes twice, and fewer than three a second when connections break as soon
 * as they are made.
 */
const PER_WINDOW = 8
const WINDOW = 2_720
/** Milliseconds to wait after a refused login, so that no account is locked. */
export const AFTER_DENIAL = 5_000
/** A lost connection is reopened after a random delay of up to this many milliseconds. */
const AFTER_LOSS = 400

/**
 * Decides when a connection to a server may be attempted: at most three times a second, with
 * jitter, and one attempt at a time until one has succeeded.
 */
export class ConnectSchedule {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #afterDenial: number
  /** Functions that start the waiting attempts, in order of arrival. */
  readonly #waiting: (() => void)[] = []
  /** When the last few attempts started, without those that failed. */
  readonly #starts: number[] = []
  #isReachable = false
  #running = 0
  #notBefore = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  /** @param afterDenial milliseconds to wait after a refused login, plus up to 10% jitter */
  constructor(clock: Clock, random: () => number, afterDenial = AFTER_DENIAL) {
    this.#clock = clock
    this.#random = random
    this.#afterDenial = afterDenial
  }

  /**
   * Resolves when an attempt may start. The caller then reports its result with `succeeded` or
   * `failed`. Rejects on abort, with the signal's reason.
   */
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

  /** Call when an established connection is lost. */
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
