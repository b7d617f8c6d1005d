import type { Names } from '../keys/names.js'
import type { InvalidationBatch, InvalidationReply } from '../tiers/shared-store.js'
import { newToken } from '../token.js'
import { bySlot } from './by-slot.js'
import { APPEND, INVALIDATE } from './invalidation-scripts.js'
import type { RedisArgument, RedisLink, Script } from './link.js'
import { LOG_LIFETIME } from './log-lifetime.js'

export interface RedisInvalidationsOptions {
  readonly link: RedisLink
  readonly names: Names
  /** Deadline of each command, in milliseconds. */
  readonly writeTimeout: number
  /** Approximate number of messages that the log keeps. */
  readonly logLength: number
}

/**
 * Changes entries and publishes the change in the log: atomically on a single server, one after the
 * other on a cluster.
 */
export class RedisInvalidations {
  readonly #options: RedisInvalidationsOptions
  readonly #link: RedisLink

  constructor(options: RedisInvalidationsOptions) {
    this.#options = options
    this.#link = options.link
  }

  /** Removes keys, renews markers and publishes both. Reports each target; never rejects. */
  async invalidate(batch: InvalidationBatch): Promise<InvalidationReply> {
    const names = [...batch.keys, ...batch.markers, ...batch.tags]
    const failed = this.#link.isCluster
      ? await this.#invalidateOnCluster(batch)
      : await this.#invalidateOnServer(batch, names)
    const confirmed = names.length > failed.size
    if (batch.durability === 0 || !confirmed) return { unconfirmed: [...failed], replicas: 0 }
    return { unconfirmed: [...failed], replicas: await this.replicasOf(names, batch.durability) }
  }

  /** Resolves to the number of replicas that have all earlier writes to `names`; never rejects. */
  async replicasOf(names: readonly string[], durability: number): Promise<number> {
    const { writeTimeout } = this.#options
    const replicas = await Promise.all(
      names.map((name) => this.#link.wait(name, durability, writeTimeout).catch(() => 0)),
    )
    return Math.min(...replicas)
  }

  async #invalidateOnServer(
    batch: InvalidationBatch,
    names: readonly string[],
  ): Promise<ReadonlySet<string>> {
    try {
      await this.#invalidateGroup(batch, this.#message(batch.origin, names))
      return new Set()
    } catch {
      return new Set(names)
    }
  }

  /**
   * Publishes only after the deletes are confirmed, so that no reader of the message can still see
   * the old value.
   */
  async #invalidateOnCluster(batch: InvalidationBatch): Promise<ReadonlySet<string>> {
    const failed = new Set<string>()
    const groups = [
      ...bySlot(batch.keys, this.#slotOf).map((keys) => ({ keys })),
      ...bySlot(batch.markers, this.#slotOf).map((markers) => ({ markers })),
      ...bySlot(batch.tags, this.#slotOf).map((tags) => ({ tags })),
    ]
    const confirmed: string[] = []
    await Promise.all(
      groups.map(async (group) => {
        const part = { ...batch, keys: [], markers: [], tags: [], ...group }
        const names = [...part.keys, ...part.markers, ...part.tags]
        try {
          await this.#invalidateGroup(part, undefined)
          confirmed.push(...names)
        } catch {
          for (const name of names) failed.add(name)
        }
      }),
    )
    if (confirmed.length === 0) return failed
    try {
      await this.#append(batch.origin, confirmed)
    } catch {
      for (const name of confirmed) failed.add(name)
    }
    return failed
  }

  #invalidateGroup(
    batch: InvalidationBatch,
    message: readonly RedisArgument[] | undefined,
  ): Promise<unknown> {
    const { keys, markers, tags, markersLiveFor } = batch
    const { names } = this.#options
    const tokens = [...markers, ...tags].map(newToken)
    return this.#write(
      INVALIDATE,
      [
        ...keys,
        ...markers,
        ...tags,
        ...(tags.length > 0 ? [names.tagClock] : []),
        ...(message === undefined ? [] : [names.logStream, names.logTail]),
      ],
      [
        keys.length,
        markers.length,
        tags.length,
        markersLiveFor,
        ...tokens,
        newToken(),
        ...(message ?? []),
      ],
    )
  }

  /** Runs a script that changes one entry, and publishes the change. */
  async published(
    script: Script,
    key: string,
    args: readonly RedisArgument[],
    origin: string,
  ): Promise<unknown> {
    const { names } = this.#options
    if (!this.#link.isCluster) {
      const log = [names.logStream, names.logTail]
      return this.#write(script, [key, ...log], [...args, ...this.#message(origin, [key])])
    }
    const reply = await this.#write(script, [key], args)
    await this.#append(origin, [key])
    return reply
  }

  async #append(origin: string, invalidated: readonly string[]): Promise<void> {
    const { names } = this.#options
    const keys = [names.logStream, names.logTail]
    await this.#write(APPEND, keys, this.#message(origin, invalidated))
  }

  #message(origin: string, names: readonly string[]): RedisArgument[] {
    return [newToken(), origin, JSON.stringify(names), this.#options.logLength, LOG_LIFETIME]
  }

  readonly #slotOf = (key: string): number => this.#link.slotOf(key)

  #write(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<unknown> {
    return this.#link.evaluate(script, keys, args, this.#options.writeTimeout)
  }
}
