import { RedisReplyError } from '../../../src/redis/link.js'
import { Keyspace, ModelReplyError, type Snapshot, type StreamMessage } from './keyspace.js'
import { MODEL_SCRIPTS, type ModelReply, type ModelScripts } from './scripts.js'
import type { Timeline } from './timeline.js'

export interface ModelServerOptions {
  readonly timeline: Timeline
  /** Its wall clock at the beginning. Milliseconds. */
  readonly origin: number
  /** Replaced by a test that wants a wrong one. */
  readonly scripts?: ModelScripts
  /** After how many writes it may still be set back. 0 by default. */
  readonly remembers?: number
  /** Hears of each message that is appended to a stream. */
  readonly onPublished?: (message: Published) => void
}

export interface Published {
  readonly token: string
  readonly origin: string
  readonly names: readonly string[]
}

/** A Redis of the model. Commands and scripts happen at once and whole; replies are those of ioredis. */
export class ModelServer {
  readonly redis: Keyspace
  readonly #timeline: Timeline
  readonly #scripts: ModelScripts
  readonly #remembers: number
  readonly #snapshots: Snapshot[] = []
  readonly #blocked = new Set<() => void>()
  /** How many scripts and commands have written. */
  writes = 0
  readonly #onPublished: ModelServerOptions['onPublished']
  #origin: number

  constructor(options: ModelServerOptions) {
    this.#timeline = options.timeline
    this.#origin = options.origin
    this.#scripts = options.scripts ?? MODEL_SCRIPTS
    this.#remembers = options.remembers ?? 0
    this.#onPublished = options.onPublished
    this.redis = new Keyspace(() => this.#timeline.now + this.#origin)
  }

  /** @throws RedisReplyError as the link does */
  evaluate(name: string, keys: readonly string[], args: readonly string[]): unknown {
    const script = this.#scripts[name]
    if (script === undefined) throw new Error(`the model has no script '${name}'`)
    return this.#run(() => script(this.redis, keys, args))
  }

  get(key: string): unknown {
    return this.#run(() => this.redis.get(key) ?? null)
  }

  /** The script by which a reader of the log finds where it begins. */
  attach(stream: string, tail: string, token: string, lifetime: number): unknown {
    return this.#run(() => {
      const messages = attempted(() => this.redis.messages(stream))
      const current = attempted(() => this.redis.get(tail))
      if (current === undefined) {
        this.redis.delete(tail)
        this.redis.set(tail, token, lifetime)
      }
      if (messages === undefined) this.redis.delete(stream)
      const newest = messages?.at(-1)
      return [newest === undefined ? '0-0' : idOf(newest), current ?? token]
    })
  }

  /** `XREAD BLOCK`: resolves with the messages after `id`, or with null after `block` milliseconds. */
  readStream(stream: string, id: string, block: number): unknown {
    this.#run(() => this.redis.messages(stream).length)
    const found = this.#messagesAfter(stream, id)
    if (found.length > 0) return toReply([[stream, found]])
    return new Promise<unknown>((resolve) => {
      const finish = (): void => {
        cancel()
        this.#blocked.delete(check)
        const messages = this.#messagesAfter(stream, id)
        resolve(messages.length === 0 ? null : toReply([[stream, messages]]))
      }
      const check = (): void => {
        if (this.#messagesAfter(stream, id).length > 0) finish()
      }
      const cancel = this.#timeline.schedule(block, finish)
      this.#blocked.add(check)
    })
  }

  /** FLUSHALL. */
  flush(): void {
    this.redis.clear()
  }

  /** A replica takes over that had not got the last `writes`; its clock may be another one. */
  failOver(writes: number, clockStep: number): void {
    this.#origin += clockStep
    const snapshot = this.#snapshots.at(-1 - writes)
    this.#blocked.clear()
    if (snapshot === undefined) return
    this.redis.restore(snapshot)
    this.#snapshots.length = 0
  }

  #run(script: () => ModelReply): unknown {
    this.redis.begin()
    try {
      return toReply(script())
    } catch (error) {
      throw error instanceof ModelReplyError ? new RedisReplyError(error.reply) : error
    } finally {
      if (this.redis.hasWritten) this.#written()
    }
  }

  #written(): void {
    this.writes += 1
    if (this.#remembers > 0) {
      this.#snapshots.push(this.redis.snapshot())
      if (this.#snapshots.length > this.#remembers) this.#snapshots.shift()
    }
    const fields = this.redis.takeAdded()
    if (fields !== undefined) {
      const [, token = '', , , , origin = '', , names = '[]'] = fields
      this.#onPublished?.({ token, origin, names: JSON.parse(names) as string[] })
    }
    for (const check of this.#blocked) check()
  }

  #messagesAfter(stream: string, id: string): [string, readonly string[]][] {
    const [milliseconds = 0, sequence = 0] = id.split('-').map(Number)
    const messages = attempted(() => this.redis.messages(stream)) ?? []
    return messages
      .filter((message) =>
        message.milliseconds === milliseconds
          ? message.sequence > sequence
          : message.milliseconds > milliseconds,
      )
      .map((message) => [idOf(message), message.fields])
  }
}

function idOf({ milliseconds, sequence }: StreamMessage): string {
  return `${milliseconds}-${sequence}`
}

function attempted<T>(command: () => T): T | undefined {
  try {
    return command()
  } catch (error) {
    if (error instanceof ModelReplyError) return undefined
    throw error
  }
}

/** As ioredis gives it with Buffers for strings. */
function toReply(reply: ModelReply): unknown {
  if (typeof reply === 'string') return Buffer.from(reply, 'latin1')
  if (typeof reply === 'number' || reply === null) return reply
  return reply.map(toReply)
}
