import { RedisUnavailableError } from '../../../src/errors.js'

/** The way between one process and its servers. */
export interface Network {
  /**
   * Sends a request. `effect` is what it does in the server, at once or when the server lets it go
   * on; the reply comes later, or never. `label` names the command or script.
   *
   * @throws RedisUnavailableError when the caller is given no answer, whatever happens in the server
   */
  exchange<T>(label: string, effect: () => T | PromiseLike<T>): Promise<T>
}

/** What becomes of one request. */
export type Fate =
  | 'answered'
  /** The caller gives up, before or after the request is carried out. */
  | 'late'
  /** It is never carried out. */
  | 'lost'

export interface ScheduledNetworkOptions {
  /** Resolves when it is this step's turn. */
  readonly step: (label: string) => Promise<void>
  readonly fate: () => Fate
  /** Whether requests are carried out in the order in which they were sent, as on one connection. */
  readonly isOrdered: boolean
}

interface Wire {
  isOpen: boolean
  /** It is half open: nothing arrives, and nobody is told. */
  isSilent: boolean
  /** The server at its other end is gone: what has not been carried out never will be. */
  isDead: boolean
  readonly pending: Set<() => void>
  /** Resolves when the last request that was sent has been carried out, and answered. */
  last: Promise<unknown>
}

/** A network in which every request and every reply is a step that somebody else puts in order. */
export class ScheduledNetwork implements Network {
  readonly #options: ScheduledNetworkOptions
  #wire = openWire()

  constructor(options: ScheduledNetworkOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#wire.isOpen
  }

  async exchange<T>(label: string, effect: () => T | PromiseLike<T>): Promise<T> {
    const { step, fate } = this.#options
    const wire = this.#wire
    if (!wire.isOpen) {
      await step(`${label} refused`)
      throw new RedisUnavailableError('not connected')
    }
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => reject(new RedisUnavailableError('no answer'))
      wire.pending.add(giveUp)
      const settle = (answer: () => void): void => {
        if (wire.pending.delete(giveUp)) answer()
      }
      const destiny = fate()
      if (wire.isSilent) return
      if (destiny !== 'lost') void this.#carryOut(wire, label, effect, settle, resolve, reject)
      if (destiny !== 'answered') void step(`${label} deadline`).then(() => settle(giveUp))
    })
  }

  /** Everybody who waits is told that there is no answer; nobody gets one until `connect`. */
  cut(isServerGone: boolean): void {
    const wire = this.#wire
    wire.isOpen = false
    wire.isDead = isServerGone
    for (const giveUp of wire.pending) giveUp()
    wire.pending.clear()
  }

  /** What is sent from now on is lost without a word, and so are replies, until the connection is cut. */
  silence(): void {
    this.#wire.isSilent = true
  }

  connect(): void {
    if (!this.#wire.isOpen) this.#wire = openWire()
  }

  async #carryOut<T>(
    wire: Wire,
    label: string,
    effect: () => T | PromiseLike<T>,
    settle: (answer: () => void) => void,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    const { step, isOrdered } = this.#options
    const before = wire.last
    let finish: () => void = () => undefined
    if (isOrdered) {
      wire.last = new Promise((done) => {
        finish = () => done(undefined)
      })
      await before
    }
    await step(`${label} request`)
    if (wire.isDead) return
    let answer: () => void
    try {
      const value = await effect()
      answer = () => resolve(value)
    } catch (error) {
      answer = () => reject(error)
    }
    if (wire.isSilent) return
    await step(`${label} reply`)
    settle(answer)
    finish()
  }
}

function openWire(): Wire {
  return {
    isOpen: true,
    isSilent: false,
    isDead: false,
    pending: new Set(),
    last: Promise.resolve(),
  }
}
