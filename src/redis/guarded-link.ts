import type { Clock } from '../clock.js'
import { evaluation } from './command.js'
import { laneOf } from './lane.js'
import type { RedisArgument, RedisLink, Script } from './link.js'
import { Pause } from './pause.js'
import type { Server } from './server.js'

/** Milliseconds between two identity checks: half a command per second at rest. */
const CHECK_EVERY = 2_000

/** A link to one master, at a fixed address or found through sentinels. */
export class GuardedLink implements RedisLink {
  readonly isCluster = false
  readonly duringRecovery: RedisLink
  readonly #server: Server
  readonly #pause: Pause
  readonly #watching: Promise<void>

  constructor(server: Server, clock: Clock) {
    this.#server = server
    this.#pause = new Pause(clock)
    this.#watching = this.#watch()
    this.duringRecovery = {
      isCluster: false,
      evaluate: (script, keys, args, deadline) =>
        server.runDuringRecovery(laneOf(script), evaluation(script, keys, args, deadline)),
      wait: (key, replicas, deadline) => this.wait(key, replicas, deadline),
      slotOf: () => 0,
    }
  }

  evaluate(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
    deadline: number,
  ): Promise<unknown> {
    return this.#server.run(laneOf(script), evaluation(script, keys, args, deadline))
  }

  wait(key: string, replicas: number, deadline: number): Promise<number> {
    return this.#server.waitForReplicas(key, replicas, deadline)
  }

  slotOf(): number {
    return 0
  }

  async close(): Promise<void> {
    this.#pause.end()
    await Promise.all([this.#watching, this.#server.close()])
  }

  async #watch(): Promise<void> {
    while (!this.#pause.isOver) {
      await this.#pause.wait(CHECK_EVERY)
      await this.#server.check()
    }
  }
}
