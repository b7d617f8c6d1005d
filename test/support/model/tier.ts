import type { Clock } from '../../../src/clock.js'
import { RedisUnavailableError } from '../../../src/errors.js'
import type { Names } from '../../../src/keys/names.js'
import { hashSlot } from '../../../src/redis/hash-slot.js'
import type { RedisArgument, RedisLink, Script } from '../../../src/redis/link.js'
import { LogConnection, type LogLane } from '../../../src/redis/log-connection.js'
import { RedisReplyError } from '../../../src/redis/link.js'
import { RedisStore } from '../../../src/redis/redis-store.js'
import type { Command } from '../../../src/redis/command.js'
import type { InvalidationLog, LogMessage, SharedStore } from '../../../src/tiers/shared-store.js'
import type { SharedTier } from '../../../src/tiers/shared-tier.js'
import type { Network } from './network.js'
import { binary } from './scripts.js'
import type { ModelServer } from './server.js'

export interface ModelTierOptions {
  /** One server, or the masters of a cluster. */
  readonly servers: readonly ModelServer[]
  readonly names: Names
  readonly clock: Clock
  /** For commands and scripts. */
  readonly network: Network
  /** For the log, which has a connection of its own. */
  readonly logNetwork: Network
  /** Messages that the log keeps. */
  readonly logLength?: number
  /** Has the log's connection made anew. */
  readonly reconnectLog?: () => void
  /** Stands before the link to the servers, for a test that wants another one. */
  readonly linkOf?: (link: RedisLink, names: Names) => RedisLink
  /** Hears of each message that the reader of the log has got, and may act on. */
  readonly onMessage?: (message: LogMessage) => void
}

/** Milliseconds after which reads no longer wait for a replay, as in `src/redis/recovery.ts`. */
const LONGEST_RECOVERY = 500
/** Messages that the log keeps: few, so that a model can outrun them. */
const LOG_LENGTH = 64

/** The shared tier of one process: the real store and the real log, over servers of the model. */
export class ModelTier implements SharedTier {
  readonly store: SharedStore
  readonly duringRecovery: SharedStore
  readonly refusal = undefined
  readonly isReady = true
  readonly #options: ModelTierOptions
  readonly #handlers: ((mayHaveLost: boolean) => Promise<void>)[] = []
  #recovering = 0

  constructor(options: ModelTierOptions) {
    this.#options = options
    const { names, logLength = LOG_LENGTH } = options
    const limits = { names, readTimeout: 100, writeTimeout: 200, logLength }
    this.store = new RedisStore({ ...limits, link: this.#link(() => this.#recovering > 0) })
    this.duringRecovery = new RedisStore({ ...limits, link: this.#link(() => false) })
  }

  openLog(): InvalidationLog {
    const { names, reconnectLog, onMessage } = this.#options
    const lane: LogLane = {
      run: (command) => this.#runInLog(command),
      reset: () => reconnectLog?.(),
      close: async () => undefined,
    }
    const log = new LogConnection(lane, { log: names.logStream, tail: names.logTail })
    // Without an answer about the tail, the reader gives up what it has read, and reads it again.
    let isHeard = Promise.resolve(true)
    return {
      attach: () => log.attach(),
      tail: () => {
        const tail = log.tail()
        isHeard = succeeds(tail)
        return tail
      },
      readAfter: async (id, block) => {
        const asked = isHeard
        const messages = await log.readAfter(id, block)
        if (onMessage !== undefined) {
          void asked.then((has) => {
            if (has) messages.forEach(onMessage)
          })
        }
        return messages
      },
      reconnect: () => log.reconnect(),
      close: () => log.close(),
    }
  }

  onRecover(handler: (mayHaveLost: boolean) => Promise<void>): void {
    this.#handlers.push(handler)
  }

  /** The connection is there again: what was invalidated is repeated before anybody reads. */
  async recover(mayHaveLost: boolean): Promise<void> {
    if (mayHaveLost) this.#recovering += 1
    const handled = Promise.allSettled(this.#handlers.map((handler) => handler(mayHaveLost)))
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.schedule(LONGEST_RECOVERY, resolve)
      void handled.then(() => {
        cancel()
        resolve()
      })
    })
    if (mayHaveLost) this.#recovering -= 1
    await handled
  }

  whenReady(): Promise<boolean> {
    return Promise.resolve(true)
  }

  statistics(): Promise<never> {
    return Promise.reject(new RedisUnavailableError('the model has no statistics'))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #link(isRefused: () => boolean): RedisLink {
    const { servers, network, names, linkOf = (link) => link } = this.#options
    const isCluster = servers.length > 1
    const link: RedisLink = {
      isCluster,
      evaluate: async (script, keys, args) => {
        if (isRefused()) throw new RedisUnavailableError('invalidations are being replayed')
        return network.exchange(script.name, () => this.#evaluate(script, keys, args))
      },
      wait: () => Promise.resolve(0),
      slotOf: isCluster ? hashSlot : () => 0,
    }
    return linkOf(link, names)
  }

  #evaluate(script: Script, keys: readonly string[], args: readonly RedisArgument[]): unknown {
    const { servers } = this.#options
    if (servers.length > 1 && new Set(keys.map(hashSlot)).size > 1)
      throw new RedisReplyError('CROSSSLOT')
    return this.#serverOf(keys[0] ?? '').evaluate(script.name, keys.map(binary), args.map(binary))
  }

  #serverOf(key: string): ModelServer {
    const { servers } = this.#options
    const server = servers[servers.length === 1 ? 0 : hashSlot(key) % servers.length]
    if (server === undefined) throw new Error('the model has no server')
    return server
  }

  #runInLog({ name, args }: Command): Promise<unknown> {
    const { names, logNetwork } = this.#options
    const server = this.#serverOf(names.logStream)
    const texts = args.map(binary)
    return logNetwork.exchange<unknown>(name, () => {
      if (name === 'get') return server.get(names.logTail)
      if (name === 'eval') {
        return server.attach(names.logStream, names.logTail, texts[4] ?? '', Number(texts[5]))
      }
      return server.readStream(names.logStream, texts.at(-1) ?? '', Number(args[3]))
    })
  }
}

async function succeeds(promise: Promise<unknown>): Promise<boolean> {
  try {
    await promise
    return true
  } catch {
    return false
  }
}
