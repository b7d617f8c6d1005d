import type { Clock } from '../clock.js'
import { RedisUnavailableError } from '../errors.js'
import { failed, type ConnectionListener } from './connection-event.js'
import type { Dialer } from './dialer.js'
import { type Endpoint, nameOf } from './endpoint.js'
import { fairTimeout } from './fair-deadline.js'
import { Pause } from './pause.js'
import { ConnectionFailure, type Redirection } from './redaction.js'
import type { Server } from './server.js'
import { readSlots, SlotMap, type SlotRange } from './slot-map.js'

export interface ClusterServersOptions {
  readonly seeds: readonly Endpoint[]
  readonly dialer: Dialer
  readonly clock: Clock
  readonly random: () => number
  readonly connectTimeout: number
  readonly onEvent: ConnectionListener
  /**
   * @param isReplacement whether it took over slots and may lack writes its predecessor confirmed
   */
  readonly createServer: (endpoint: Endpoint, isReplacement: boolean) => Server
}

/** Milliseconds between two refreshes of the slot map at rest, and while there is a problem. */
const REFRESH_EVERY = 4_000
const REFRESH_SOON = 300
/** Least milliseconds between two refreshes. */
const REFRESH_AT_MOST = 100
/** Milliseconds between two identity checks, each of one master in turn. */
const CHECK_EVERY = 2_000
/** Milliseconds during which a master that reported CLUSTERDOWN is not asked for the map. */
const DISTRUST = 2_000
/** How many seeds are asked in parallel, and the least milliseconds between two such rounds. */
const SEEDS = 3
const SEEDS_EVERY = 340
/** Milliseconds to keep a server that serves no slot yet but imports one. */
const IMPORTS_FOR = 30_000

/** The masters of a cluster with their connections, and the slot map. */
export class ClusterServers {
  /** Resolves with the first map, or when the first attempt to get one has failed. */
  readonly firstMap: Promise<void>
  readonly #options: ClusterServersOptions
  readonly #map = new SlotMap()
  readonly #servers = new Map<string, Server>()
  readonly #distrusted = new Map<Server, number>()
  /** When each server was last asked for a key of a slot that it is importing. */
  readonly #importers = new Map<Server, number>()
  readonly #abort = new AbortController()
  readonly #refreshPause: Pause
  readonly #checkPause: Pause
  readonly #done: Promise<unknown>
  #resolveFirst: () => void = () => undefined
  #isHinted = false
  #isResting = false
  #hasFailed = false
  /** Whether a map was received: servers that appear later replace others. */
  #hasBegun = false
  #turn = 0
  #seedsAskedAt = Number.NEGATIVE_INFINITY

  constructor(options: ClusterServersOptions) {
    this.#options = options
    this.firstMap = new Promise((resolve) => {
      this.#resolveFirst = resolve
    })
    this.#refreshPause = new Pause(options.clock)
    this.#checkPause = new Pause(options.clock)
    this.#done = Promise.all([this.#keepMapFresh(), this.#keepChecking()])
  }

  /** Whether there is a map, however old. */
  get isKnown(): boolean {
    return !this.#map.isEmpty
  }

  get isReady(): boolean {
    return !this.#map.isEmpty && [...this.#servers.values()].every((server) => server.isReady)
  }

  get all(): Server[] {
    return [...this.#servers.values()]
  }

  ownerOf(slot: number): Server | undefined {
    const owner = this.#map.ownerOf(slot)
    return owner === undefined ? undefined : this.#serverAt(owner)
  }

  /** Returns the server that a redirection from `from` names. */
  redirected({ kind, slot, host, port }: Redirection, from: Server): Server {
    const announced = { host: host === '' ? hostOf(from.name) : host, port }
    const endpoint = this.#options.dialer.translate(announced)
    if (kind === 'ASK') {
      // A server that only imports a slot does not replace a failed one.
      const importer = this.#serverAt(endpoint, false)
      this.#importers.set(importer, this.#options.clock.now())
      return importer
    }
    this.#map.move(slot, endpoint)
    this.hint()
    return this.#serverAt(endpoint)
  }

  /** Requests an early refresh of the map because something is wrong. */
  hint(): void {
    this.#isHinted = true
    if (this.#isResting) this.#refreshPause.wake()
  }

  /** Stops asking `server` for the map for a while: it may be cut off from the other masters. */
  distrust(server: Server): void {
    this.#distrusted.set(server, this.#options.clock.now() + DISTRUST)
  }

  async close(): Promise<void> {
    this.#abort.abort(new ConnectionFailure('closed'))
    this.#refreshPause.end()
    this.#checkPause.end()
    await Promise.all([this.#done, ...this.all.map((server) => server.close())])
  }

  #serverAt(endpoint: Endpoint, isOwner = true): Server {
    const name = nameOf(endpoint)
    const present = this.#servers.get(name)
    if (present !== undefined) return present
    if (this.#abort.signal.aborted) throw new RedisUnavailableError('the cache was closed')
    const server = this.#options.createServer(endpoint, this.#hasBegun && isOwner)
    this.#servers.set(name, server)
    return server
  }

  async #keepMapFresh(): Promise<void> {
    const { random } = this.#options
    while (!this.#refreshPause.isOver) {
      this.#isHinted = false
      const ranges = (await this.#askMasters()) ?? (await this.#askSeeds())
      if (this.#refreshPause.isOver) return
      if (ranges === undefined) this.#miss()
      else this.#adopt(ranges)
      this.#resolveFirst()
      await this.#refreshPause.wait(REFRESH_AT_MOST)
      if (this.#isHinted) continue
      this.#isResting = true
      const isWell = ranges !== undefined && this.isReady
      await this.#refreshPause.wait(
        isWell ? REFRESH_EVERY : REFRESH_SOON + random() * REFRESH_AT_MOST,
      )
      this.#isResting = false
    }
  }

  async #keepChecking(): Promise<void> {
    for (let turn = 0; !this.#checkPause.isOver; turn += 1) {
      await this.#checkPause.wait(CHECK_EVERY)
      const servers = this.all
      await servers[turn % servers.length]?.check()
    }
  }

  #miss(): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#options.onEvent(failed('cluster', new ConnectionFailure('slots')))
  }

  #adopt(ranges: readonly SlotRange[]): void {
    this.#map.replace(ranges)
    const names = new Set(ranges.map(({ master }) => nameOf(master)))
    const longAgo = this.#options.clock.now() - IMPORTS_FOR
    for (const [name, server] of this.#servers) {
      if (names.has(name) || (this.#importers.get(server) ?? longAgo) > longAgo) continue
      this.#servers.delete(name)
      this.#distrusted.delete(server)
      this.#importers.delete(server)
      void server.close()
    }
    for (const { master } of ranges) this.#serverAt(master)
    this.#hasFailed = false
    this.#hasBegun = true
  }

  async #askMasters(): Promise<SlotRange[] | undefined> {
    const now = this.#options.clock.now()
    const trusted = this.all.filter((server) => (this.#distrusted.get(server) ?? 0) <= now)
    this.#turn += 1
    for (let index = 0; index < trusted.length; index += 1) {
      const server = trusted[(this.#turn + index) % trusted.length]
      if (server?.session('reads') === undefined) continue
      try {
        const command = { name: 'cluster', args: ['slots'], deadline: REFRESH_SOON }
        const reply = await server.runDuringRecovery('reads', command, 'none')
        const ranges = this.#read(reply, hostOf(server.name))
        if (ranges !== undefined) return ranges
      } catch {
        // Another master may know.
      }
    }
    return undefined
  }

  async #askSeeds(): Promise<SlotRange[] | undefined> {
    const { clock, seeds, random } = this.#options
    if (clock.now() - this.#seedsAskedAt < SEEDS_EVERY) return undefined
    this.#seedsAskedAt = clock.now()
    const start = Math.floor(random() * seeds.length)
    const chosen = [...seeds.slice(start), ...seeds.slice(0, start)].slice(0, SEEDS)
    try {
      return await Promise.any(chosen.map((seed) => this.#askSeed(seed)))
    } catch {
      return undefined
    }
  }

  async #askSeed(seed: Endpoint): Promise<SlotRange[]> {
    const { clock, connectTimeout, dialer } = this.#options
    const attempt = new AbortController()
    const abandon = (): void => attempt.abort(new ConnectionFailure('closed'))
    this.#abort.signal.addEventListener('abort', abandon)
    const cancel = fairTimeout(clock, connectTimeout, attempt, new ConnectionFailure('silent'))
    try {
      const session = await dialer.dial(seed, 'slots', attempt.signal)
      attempt.signal.addEventListener('abort', () => session.destroy('closed'))
      const ranges = this.#read(await session.call('cluster', ['slots']), seed.host)
      if (ranges === undefined) throw new ConnectionFailure('slots')
      return ranges
    } finally {
      cancel()
      abandon()
      this.#abort.signal.removeEventListener('abort', abandon)
    }
  }

  #read(reply: unknown, asked: string): SlotRange[] | undefined {
    return readSlots(reply, asked)?.map((range) => ({
      ...range,
      master: this.#options.dialer.translate(range.master),
    }))
  }
}

function hostOf(name: string): string {
  return name.slice(0, name.lastIndexOf(':'))
}
