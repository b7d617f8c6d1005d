import { sleep, type Clock } from '../clock.js'
import { RedisUnavailableError } from '../errors.js'
import type { ClusterServers } from './cluster-servers.js'
import { type Command, evaluation } from './command.js'
import { fairDeadline } from './fair-deadline.js'
import { hashSlot } from './hash-slot.js'
import { type Lane, laneOf } from './lane.js'
import { RedisReplyError, type RedisArgument, type RedisLink, type Script } from './link.js'
import { Redirection } from './redaction.js'
import type { Server } from './server.js'

/** How often one command may be sent, redirections included. */
const HOPS = 8
/**
 * Milliseconds before another attempt when the keys of a script are split by a migration, or when a
 * command was redirected twice: during a failover two nodes may redirect to each other.
 */
const TRY_AGAIN = 15

/** Where a command goes. While its slot is being migrated, `ASKING` is sent before it. */
interface Destination {
  readonly server: Server
  readonly isAsking: boolean
}

/** A link to a Redis Cluster. Sends each command to the master that serves the slot of its keys. */
export class ClusterLink implements RedisLink {
  readonly isCluster = true
  readonly duringRecovery: RedisLink
  readonly #servers: ClusterServers
  readonly #clock: Clock

  constructor(servers: ClusterServers, clock: Clock) {
    this.#servers = servers
    this.#clock = clock
    this.duringRecovery = {
      isCluster: true,
      evaluate: (script, keys, args, deadline) =>
        this.run(laneOf(script), keys[0] ?? '', evaluation(script, keys, args, deadline), true),
      wait: (key, replicas, deadline) => this.wait(key, replicas, deadline),
      slotOf: hashSlot,
    }
  }

  evaluate(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
    deadline: number,
  ): Promise<unknown> {
    const command = evaluation(script, keys, args, deadline)
    return this.run(laneOf(script), keys[0] ?? '', command, false)
  }

  async wait(key: string, replicas: number, deadline: number): Promise<number> {
    const server = this.#servers.ownerOf(hashSlot(key))
    if (server === undefined) throw new RedisUnavailableError('no known master serves this slot')
    return server.waitForReplicas(key, replicas, deadline)
  }

  slotOf(key: string): number {
    return hashSlot(key)
  }

  /**
   * Sends a command to the server of `key`, and follows redirections.
   *
   * @param isPatient waits for a connection up to the deadline, and runs during a recovery too
   */
  async run(lane: Lane, key: string, command: Command, isPatient: boolean): Promise<unknown> {
    const slot = hashSlot(key)
    const until = this.#clock.now() + command.deadline
    if (!this.#servers.isKnown) await this.#awaitMap(until)
    let destination = this.#ownerOf(slot)
    for (let hop = 1; ; hop += 1) {
      const deadline = Math.max(1, until - this.#clock.now())
      try {
        return await send(destination, lane, { ...command, deadline }, isPatient)
      } catch (error) {
        if (hop >= HOPS || this.#clock.now() >= until) throw unavailable(error)
        if (hop > 1) await sleep(this.#clock, TRY_AGAIN, true)
        destination = this.#next(error, slot, destination)
      }
    }
  }

  async #awaitMap(until: number): Promise<void> {
    const left = Math.max(1, until - this.#clock.now())
    await new Promise<void>((resolve, reject) => {
      const cancel = fairDeadline(this.#clock, left, () => {
        reject(new RedisUnavailableError('the slot map is not known yet'))
      })
      void this.#servers.firstMap.then(() => {
        cancel()
        resolve()
      })
    })
  }

  #ownerOf(slot: number): Destination {
    const server = this.#servers.ownerOf(slot)
    if (server === undefined) {
      // The map was read while the slot changed hands, or the slot is not covered.
      this.#servers.hint()
      throw new RedisUnavailableError('no known master serves this slot')
    }
    return { server, isAsking: false }
  }

  /** Returns where to send the command after `error`; throws when another attempt is pointless. */
  #next(error: unknown, slot: number, { server }: Destination): Destination {
    if (error instanceof Redirection) {
      const target = this.#servers.redirected(error, server)
      return { server: target, isAsking: error.kind === 'ASK' }
    }
    if (error instanceof RedisReplyError && error.reply === 'TRYAGAIN') {
      return { server, isAsking: true }
    }
    const isDown = error instanceof RedisReplyError && error.reply === 'CLUSTERDOWN'
    if (isDown) this.#servers.distrust(server)
    if (isDown || error instanceof RedisUnavailableError) this.#servers.hint()
    throw unavailable(error)
  }
}

async function send(
  { server, isAsking }: Destination,
  lane: Lane,
  command: Command,
  isPatient: boolean,
): Promise<unknown> {
  const run = (each: Command): Promise<unknown> =>
    isPatient ? server.runDuringRecovery(lane, each) : server.run(lane, each)
  if (!isAsking) return run(command)
  // Both are sent in the same tick, so nothing comes between them on the connection. ASKING holds
  // for one command, so the script must not be repeated: it is sent as text and not by its digest.
  const asking = run({ name: 'asking', args: [], deadline: command.deadline })
  const { script, args } = command
  const withText =
    script === undefined ? command : { ...command, args: [script.text, ...args], script: undefined }
  const [, reply] = await Promise.all([asking, run(withText)])
  return reply
}

function unavailable(error: unknown): unknown {
  const isOfTheCluster =
    error instanceof Redirection ||
    (error instanceof RedisReplyError && /^(CLUSTERDOWN|TRYAGAIN)$/.test(error.reply))
  return isOfTheCluster ? new RedisUnavailableError('the cluster cannot serve this slot') : error
}
