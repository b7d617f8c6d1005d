import { randomUUID } from 'node:crypto'

import type { Names } from '../../src/keys/names.js'
import { APPEND, INVALIDATE } from '../../src/redis/invalidation-scripts.js'
import type { RedisLink } from '../../src/redis/link.js'
import type { Keyspace } from '../support/model/keyspace.js'
import { MODEL_SCRIPTS, type ModelScript, type ModelScripts } from '../support/model/scripts.js'
import type { Variant } from './world.js'

/** A model with one other script. */
export function withScript(name: string, script: ModelScript): Variant {
  return withScripts({ [name]: script })
}

/** A model with other scripts. */
export function withScripts(scriptsByName: ModelScripts): Variant {
  return { scripts: { ...MODEL_SCRIPTS, ...scriptsByName } }
}

/** The script as it is. */
export function original(name: string): ModelScript {
  const script = MODEL_SCRIPTS[name]
  if (script === undefined) throw new Error(`there is no script '${name}'`)
  return script
}

/** A script that is given other arguments than it was asked with, under its name. */
export function withArguments(
  name: string,
  change: (args: readonly string[], keys: readonly string[], redis: Keyspace) => readonly string[],
): ModelScripts {
  return {
    [name]: (redis, keys, args) => original(name)(redis, keys, change(args, keys, redis)),
  }
}

/** A script on one key that takes the lease to be that of whoever asks, under its name. */
export function withAnyLease(name: string): ModelScripts {
  return {
    [name]: (redis, keys, args) => {
      redis.hset(keys[0] ?? '', `l:${args[0] ?? ''}`, `\0\0\0\0\0\0${args[1]}`)
      return original(name)(redis, keys, args)
    },
  }
}

/** A token of the same length that is always the same; a tag clock stays as it is. */
export function first(token: string): string {
  return token.includes(':') ? token : 'A'.repeat(token.length)
}

export interface Field {
  readonly hash: string
  readonly field: string
  readonly value: string
}

/** The entries or the leases of some keys. */
export function fieldsOf(redis: Keyspace, hashes: readonly string[], prefix: 'e:' | 'l:'): Field[] {
  return hashes.flatMap((hash) =>
    redis
      .hkeys(hash)
      .filter((field) => field.startsWith(prefix))
      .map((field) => ({ hash, field, value: redis.hget(hash, field) ?? '' })),
  )
}

export function restore(redis: Keyspace, fields: readonly Field[]): void {
  for (const { hash, field, value } of fields) redis.hset(hash, field, value)
}

/** A script that leaves the entries or the leases of its keys as they are. */
export function keeping(
  name: string,
  hashesOf: (keys: readonly string[], args: readonly string[]) => readonly string[],
  prefix: 'e:' | 'l:',
): Variant {
  return withScript(name, (redis, keys, args) => {
    const fields = fieldsOf(redis, hashesOf(keys, args), prefix)
    const reply = original(name)(redis, keys, args)
    restore(redis, fields)
    return reply
  })
}

/** The keys that `invalidate` evicts. */
export function evicted(keys: readonly string[], args: readonly string[]): readonly string[] {
  return keys.slice(0, Number(args[0]))
}

/** `invalidate` that leaves the texts of some keys: from where to where, by its three counts. */
export function keepingTexts(
  range: (k: number, m: number, t: number) => [number, number],
): Variant {
  return withScript('invalidate', (redis, keys, args) => {
    const [from, to] = range(Number(args[0]), Number(args[1]), Number(args[2]))
    const texts = keys.slice(from, to).map((key) => [key, redis.get(key)] as const)
    const reply = original('invalidate')(redis, keys, args)
    for (const [key, text] of texts) if (text !== undefined) redis.set(key, text, 1_000_000)
    return reply
  })
}

/** On a cluster, tells of an invalidation and only then carries it out. */
export function tellingFirst(link: RedisLink, names: Names): RedisLink {
  return {
    isCluster: link.isCluster,
    wait: (key, replicas, deadline) => link.wait(key, replicas, deadline),
    slotOf: (key) => link.slotOf(key),
    async evaluate(script, keys, args, deadline) {
      if (script === APPEND) return 1
      if (script === INVALIDATE) {
        const told = keys.slice(0, Number(args[0]) + Number(args[1]) + Number(args[2]))
        const message = [randomUUID(), 'nobody', JSON.stringify(told), 100, 1_000_000]
        const log = [names.logStream, names.logTail]
        await link.evaluate(APPEND, log, message, deadline)
      }
      return link.evaluate(script, keys, args, deadline)
    },
  }
}
