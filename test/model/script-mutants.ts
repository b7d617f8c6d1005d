import { randomUUID } from 'node:crypto'

import type { Names } from '../../src/keys/names.js'
import type { RedisLink } from '../../src/redis/link.js'
import * as scripts from '../../src/redis/scripts.js'
import type { Keyspace } from '../support/model/keyspace.js'
import { MODEL_SCRIPTS, type ModelScript, type ModelScripts } from '../support/model/scripts.js'
import { DENSE, type Mutant, PLAIN } from './mutant.js'
import type { Variant } from './world.js'

/** Redis with one rule left out of its scripts. */
export const SCRIPT_MUTANTS: readonly Mutant[] = [
  {
    rule: 'I2: a store needs the lease',
    focus: { ...PLAIN, kinds: ['read', 'evict'] },
    within: 300,
    apply: () =>
      withScript('store', (redis, keys, args) => {
        const { hash, field } = placeOf(keys, args)
        redis.hset(hash, `l:${field}`, `\0\0\0\0\0\0${args[1]}`)
        return original('store')(redis, keys, args)
      }),
  },
  {
    rule: 'I2: an eviction ends the leases of its key',
    focus: { ...PLAIN, kinds: ['read', 'evict'] },
    within: 300,
    apply: () => withScript('invalidate', keepingLeases),
  },
  {
    rule: 'I7: a result is refused when one of its tags was invalidated during the load',
    focus: { ...PLAIN, kinds: ['read', 'invalidate-tag'], isTagged: true },
    within: 300,
    apply: () =>
      withScript('stamp-tags', (redis, keys, args) => {
        const clock = redis.get(keys[0] ?? '') ?? ''
        return original('stamp-tags')(redis, keys, [clock, ...args.slice(1)])
      }),
  },
  {
    rule: 'I8: a put stores only under its own token',
    focus: { ...PLAIN, kinds: ['read', 'put', 'evict'] },
    within: 500,
    apply: () =>
      withScript('finish-put', (redis, keys, args) => {
        const { hash, field } = placeOf(keys, args)
        redis.hset(hash, `l:${field}`, `\0\0\0\0\0\0${args[1]}`)
        return original('finish-put')(redis, keys, args)
      }),
  },
  {
    rule: 'I2: a put removes what other code versions have stored',
    focus: { ...PLAIN, kinds: ['read', 'put'], versions: ['1', '2'] },
    within: 300,
    apply: () =>
      withScript('finish-put', (redis, keys, args) => {
        const { hash, field } = placeOf(keys, args)
        const kept = redis
          .hkeys(hash)
          .filter((name) => name.startsWith('e:') && name !== `e:${field}`)
        const values = kept.map((name) => [name, redis.hget(hash, name) ?? ''] as const)
        const reply = original('finish-put')(redis, keys, args)
        for (const [name, value] of values) redis.hset(hash, name, value)
        return reply
      }),
  },
  {
    rule: 'I2: a message follows the deletes that it tells of',
    focus: {
      ...PLAIN,
      kinds: ['read', 'evict'],
      servers: 2,
      processes: 3,
      consistency: 'bounded',
      isHasty: false,
      isTagged: false,
      isSlow: false,
    },
    within: 10_000,
    apply: () => ({ linkOf: tellingFirst }),
  },
  {
    rule: 'I2: two stores of one instant are two, also for a reader that has the first',
    focus: {
      ...DENSE,
      kinds: ['read', 'evict'],
      consistency: 'strict',
      versions: ['1'],
      faults: ['silent-log'],
      isHasty: false,
      isSlow: false,
    },
    within: 5_000,
    apply: () =>
      withScript('read', (redis, keys, args) => {
        const reply = original('read')(redis, keys, args) as (string | number | null)[]
        return reply.map((value, index) => {
          const seen = args[2 * index] ?? ''
          const isSame =
            seen !== '' && typeof value === 'string' && value.startsWith(seen.slice(0, 12))
          return isSame && index <= Number(args[0]) ? value.slice(0, 12) : value
        })
      }),
  },
  {
    rule: 'I15: a marker that is made anew has a token that nobody has had',
    focus: { ...DENSE, kinds: ['read', 'clear-namespace'], faults: ['lose-marker'], isSlow: true },
    within: 5_000,
    apply: () =>
      withScript('acquire', (redis, keys, args) => {
        const m = Number(args[1])
        const constant = args.map((arg, index) => (index >= 3 && index < 3 + m ? first(arg) : arg))
        return original('acquire')(redis, keys, constant)
      }),
  },
  {
    rule: 'I15: a tag clock that is made anew has an epoch that nobody has had',
    focus: {
      ...DENSE,
      kinds: ['read', 'invalidate-tag'],
      faults: ['lose-marker'],
      consistency: 'strict',
      isTagged: true,
      isSlow: true,
    },
    within: 3_000,
    apply: () =>
      withScripts({
        acquire: (redis, keys, args) => {
          const constant = args.map((arg, index) =>
            index >= 3 && arg.endsWith(':0') ? 'epoch:0' : arg,
          )
          return original('acquire')(redis, keys, constant)
        },
        invalidate: (redis, keys, args) => {
          const at = 4 + Number(args[1]) + Number(args[2])
          return original('invalidate')(
            redis,
            keys,
            args.map((arg, index) => (index === at ? 'epoch' : arg)),
          )
        },
      }),
  },
  {
    rule: 'I12: what was expired by hand ends the leases of its loads',
    focus: { ...PLAIN, kinds: ['read', 'expire'] },
    within: 500,
    apply: () =>
      withScript('expire', (redis, keys, args) => {
        const [hash = ''] = keys
        const leases = redis.hkeys(hash).filter((name) => name.startsWith('l:'))
        const values = leases.map((name) => [name, redis.hget(hash, name) ?? ''] as const)
        const reply = original('expire')(redis, keys, args)
        for (const [name, value] of values) redis.hset(hash, name, value)
        return reply
      }),
  },
]

/** A model with one other script. */
function withScript(name: string, script: ModelScript): Variant {
  return withScripts({ [name]: script })
}

/** A model with other scripts. */
function withScripts(scriptsByName: ModelScripts): Variant {
  return { scripts: { ...MODEL_SCRIPTS, ...scriptsByName } }
}

/** The script as it is. */
function original(name: string): ModelScript {
  const script = MODEL_SCRIPTS[name]
  if (script === undefined) throw new Error(`there is no script '${name}'`)
  return script
}

/** Where a script on one key works. */
function placeOf(
  keys: readonly string[],
  args: readonly string[],
): { hash: string; field: string } {
  return { hash: keys[0] ?? '', field: args[0] ?? '' }
}

/** A token of the same length that is always the same; a tag clock stays as it is. */
function first(token: string): string {
  return token.includes(':') ? token : 'A'.repeat(token.length)
}

/** Deletes the entries of keys and leaves their leases. */
function keepingLeases(redis: Keyspace, keys: readonly string[], args: readonly string[]) {
  const hashes = keys.slice(0, Number(args[0]))
  const leases = hashes.flatMap((hash) =>
    redis
      .hkeys(hash)
      .filter((name) => name.startsWith('l:'))
      .map((name) => ({ hash, name, value: redis.hget(hash, name) ?? '' })),
  )
  const reply = original('invalidate')(redis, keys, args)
  for (const { hash, name, value } of leases) redis.hset(hash, name, value)
  return reply
}

/** On a cluster, tells of an invalidation and only then carries it out. */
function tellingFirst(link: RedisLink, names: Names): RedisLink {
  return {
    isCluster: link.isCluster,
    wait: (key, replicas, deadline) => link.wait(key, replicas, deadline),
    slotOf: (key) => link.slotOf(key),
    async evaluate(script, keys, args, deadline) {
      if (script === scripts.APPEND) return 1
      if (script === scripts.INVALIDATE) {
        const told = keys.slice(0, Number(args[0]) + Number(args[1]) + Number(args[2]))
        const message = [randomUUID(), 'nobody', JSON.stringify(told), 100, 1_000_000]
        const log = [names.logStream, names.logTail]
        await link.evaluate(scripts.APPEND, log, message, deadline)
      }
      return link.evaluate(script, keys, args, deadline)
    },
  }
}
