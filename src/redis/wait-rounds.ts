import type { Clock } from '../clock.js'
import { RedisUnavailableError } from '../errors.js'
import { fairDeadline } from './fair-deadline.js'
import type { Server } from './server.js'

interface Round {
  key: string
  replicas: number
  deadline: number
  readonly count: Promise<number>
}

/** How much earlier than ourselves Redis must give up: it looks at its clock ten times a second only. */
const MARGIN = 120

/**
 * `WAIT` looks at the writes of its own connection alone, and blocks it. So it has a connection of its
 * own, and each round begins with a write there: what replicas have of that, they have of all before.
 * It begins with a delete because then it is allowed when memory is full.
 */
const WITNESS = `redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], '', 'PX', 1)`

/** Waits for replicas on behalf of all who ask: one round runs, and all who come meanwhile share the next. */
export class WaitRounds {
  readonly #server: Server
  readonly #clock: Clock
  #running: Promise<unknown> = Promise.resolve()
  #next: Round | undefined

  constructor(server: Server, clock: Clock) {
    this.#server = server
    this.#clock = clock
  }

  /**
   * How many replicas have everything written before the call, `replicas` or fewer when time is up.
   *
   * @param key decides the slot of the witness, so on a cluster it must be one of this server
   * @throws RedisUnavailableError, RedisReplyError
   */
  wait(key: string, replicas: number, deadline: number): Promise<number> {
    const round = (this.#next ??= this.#plan({ key, replicas: 0, deadline: 0 }))
    round.replicas = Math.max(round.replicas, replicas)
    round.deadline = Math.max(round.deadline, deadline)
    return new Promise((resolve, reject) => {
      const cancel = fairDeadline(this.#clock, deadline, () => {
        reject(new RedisUnavailableError('replicas did not confirm in time'))
      })
      round.count.then(resolve, reject).finally(cancel)
    })
  }

  #plan(round: Omit<Round, 'count'>): Round {
    const planned: Round = Object.assign(round, {
      count: this.#running.then(() => {
        this.#next = undefined
        return this.#run(planned)
      }),
    })
    this.#running = planned.count.catch(() => undefined)
    return planned
  }

  async #run({ key, replicas, deadline }: Round): Promise<number> {
    const args = [replicas, Math.max(1, deadline - MARGIN)]
    const [, count] = await Promise.all([
      this.#server.runDuringRecovery('wait', {
        name: 'eval',
        args: [WITNESS, 1, `${key}:wait`],
        deadline,
      }),
      this.#server.runDuringRecovery('wait', { name: 'wait', args, deadline }),
    ])
    return Number(count)
  }
}
