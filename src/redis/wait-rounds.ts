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

/**
 * Milliseconds by which Redis' timeout is shorter than ours: it checks its clock every 100 ms only.
 */
const MARGIN = 120

/**
 * The write that begins a round. `WAIT` covers only the writes of its own connection, which it
 * blocks. So it has a connection of its own and a write to wait for: replicas that have this write
 * have all earlier ones. The delete comes first because it is permitted when memory is full.
 */
const WITNESS = `redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], '', 'PX', 1)`

/**
 * Waits for replicas. One round runs at a time, and callers that arrive meanwhile share the next.
 */
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
   * Resolves to the number of replicas that have everything written before the call: `replicas`, or
   * fewer when time is up.
   *
   * @param key determines the slot of the witness, so on a cluster this server must serve it
   * @param deadline milliseconds
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
