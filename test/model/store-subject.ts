import { Redis } from 'ioredis'

import { systemClock } from '../../src/clock.js'
import { Names } from '../../src/keys/names.js'
import type { RedisArgument, Script } from '../../src/redis/link.js'
import { RedisConnections } from '../../src/redis/redis-connections.js'
import { RedisStore } from '../../src/redis/redis-store.js'
import type { InvalidationLog, SharedStore } from '../../src/tiers/shared-store.js'
import { HeldNetwork } from '../support/model/held-network.js'
import { binary } from '../support/model/scripts.js'
import { ModelServer } from '../support/model/server.js'
import { ModelTier } from '../support/model/tier.js'
import { Timeline } from '../support/model/timeline.js'
import type { RedisServer } from '../support/servers.js'

/** What belongs to the cache in one Redis, reached by the store and behind its back. */
export interface StoreSubject {
  readonly names: Names
  readonly store: SharedStore
  readonly log: InvalidationLog
  /** Runs one script by itself. */
  evaluate(
    script: Script,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<unknown>
  /** Puts a list where one of our keys belongs. */
  squat(key: string): Promise<void>
  /** Sets a field of a hash, whatever has been at the key. */
  setField(key: string, field: string, value: Buffer): Promise<void>
  field(key: string, field: string): Promise<Buffer | undefined>
  fieldNames(key: string): Promise<string[]>
  setText(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
  /** Milliseconds that a key has left; below zero without an end, or without a key. */
  timeToLive(key: string): Promise<number>
  /** Whether memory is used up, so that what needs more is refused. */
  fill(isFull: boolean): Promise<void>
  misconfigure(isMisconfigured: boolean): Promise<void>
  flush(): Promise<void>
  /** Lets so many milliseconds pass on the server's clock. */
  pass(milliseconds: number): Promise<void>
  close(): Promise<void>
}

/**
 * Of a Redis that can be spoilt. A snapshot that cannot be written makes it refuse writes only where
 * snapshots are wanted.
 */
export const CONTRACT_ARGUMENTS = ['--enable-protected-configs', 'yes', '--save', '3600 1']

/** Deadlines are for slow machines: these tests are about replies. Milliseconds. */
const PATIENCE = { readTimeout: 5_000, writeTimeout: 5_000 }
const LOG_LENGTH = 10_000

function newNames(): Names {
  return new Names({ prefix: 'app', keyMode: 'readable', secret: undefined })
}

/** The store on the model of Redis. */
export function modelSubject(): StoreSubject {
  const timeline = new Timeline()
  const server = new ModelServer({ timeline, origin: 1_700_000_000_000 })
  const { redis } = server
  const names = newNames()
  const network = new HeldNetwork()
  const tier = new ModelTier({
    servers: [server],
    names,
    clock: timeline.clock(0),
    network,
    logNetwork: network,
    logLength: LOG_LENGTH,
  })
  const log = tier.openLog()
  return {
    names,
    store: tier.store,
    log: {
      ...log,
      async readAfter(id, block) {
        const reading = log.readAfter(id, block)
        reading.catch(() => undefined)
        // Nobody but this test lets time pass, and a read that finds nothing waits for it.
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        timeline.next(block)?.()
        return reading
      },
    },
    evaluate: async ({ name }, keys, args) =>
      server.evaluate(name, keys.map(binary), args.map(binary)),
    squat: async (key) => redis.squat(key),
    async setField(key, field, value) {
      redis.behindTheBack(() => {
        if (redis.kindOf(key) !== 'hash') redis.delete(key)
        redis.hset(key, field, value.toString('latin1'))
      })
    },
    async field(key, field) {
      const value = redis.kindOf(key) === 'hash' ? redis.hget(key, field) : undefined
      return value === undefined ? undefined : Buffer.from(value, 'latin1')
    },
    fieldNames: async (key) => (redis.kindOf(key) === 'hash' ? redis.hkeys(key) : []),
    setText: async (key, text) => redis.behindTheBack(() => redis.set(key, text, 1_000_000)),
    remove: async (key) => redis.behindTheBack(() => redis.delete(key)),
    timeToLive: async (key) => redis.pttl(key),
    async fill(isFull) {
      redis.isFull = isFull
    },
    async misconfigure(isMisconfigured) {
      redis.isMisconfigured = isMisconfigured
    },
    flush: async () => server.flush(),
    pass: async (milliseconds) => timeline.pass(milliseconds),
    close: async () => undefined,
  }
}

/** The store on a real Redis of the test's own. */
export async function redisSubject(server: RedisServer): Promise<StoreSubject> {
  const names = newNames()
  const connections = new RedisConnections({
    redis: server.url,
    prefix: names.prefix,
    clock: systemClock,
    random: Math.random,
    onEvent: () => undefined,
  })
  if (!(await connections.whenReady(5_000))) throw new Error('Redis is not ready')
  const client = new Redis(server.url)
  const log = connections.openLog({ log: names.logStream, tail: names.logTail })
  const isHash = async (key: string): Promise<boolean> => (await client.type(key)) === 'hash'
  return {
    names,
    store: new RedisStore({ ...PATIENCE, link: connections.link, names, logLength: LOG_LENGTH }),
    log,
    evaluate: (script, keys, args) =>
      connections.link.evaluate(script, keys, args, PATIENCE.writeTimeout),
    ...behindTheBackOf(client, isHash),
    field: async (key, field) =>
      ((await isHash(key)) ? await client.hgetBuffer(key, field) : null) ?? undefined,
    fieldNames: async (key) => ((await isHash(key)) ? client.hkeys(key) : []),
    timeToLive: (key) => client.pttl(key),
    async flush() {
      await client.flushall()
    },
    async pass(milliseconds) {
      const end = (await timeOf(client)) + milliseconds
      while ((await timeOf(client)) <= end);
    },
    async close() {
      log.close()
      await connections.close()
      client.disconnect()
    },
  }
}

type BehindTheBack = Pick<
  StoreSubject,
  'squat' | 'setField' | 'setText' | 'remove' | 'fill' | 'misconfigure'
>

/** What somebody else does to Redis, also when it is full: room is then made for it. */
function behindTheBackOf(client: Redis, isHash: (key: string) => Promise<boolean>): BehindTheBack {
  let isFull = false
  const setFull = async (full: boolean): Promise<void> => {
    await client.config('SET', 'maxmemory', full ? '1' : '0')
  }
  const withRoom = async (work: () => Promise<unknown>): Promise<void> => {
    if (isFull) await setFull(false)
    await work()
    if (isFull) await setFull(true)
  }
  return {
    squat: (key) =>
      withRoom(async () => {
        await client.del(key)
        await client.lpush(key, 'squatter')
      }),
    setField: (key, field, value) =>
      withRoom(async () => {
        if (!(await isHash(key))) await client.del(key)
        await client.hset(key, field, value)
      }),
    setText: (key, text) => withRoom(() => client.set(key, text, 'PX', 1_000_000)),
    remove: (key) => withRoom(() => client.del(key)),
    async fill(full) {
      isFull = full
      await setFull(full)
    },
    async misconfigure(isMisconfigured) {
      await client.config('SET', 'dir', isMisconfigured ? '/proc' : '/tmp')
      await client.bgsave().catch(() => undefined)
      await untilSaved(client)
    },
  }
}

async function untilSaved(client: Redis): Promise<void> {
  while (/rdb_bgsave_in_progress:1/.test(await client.info('persistence')));
}

/** The server's clock. Milliseconds. */
async function timeOf(client: Redis): Promise<number> {
  const [seconds, microseconds] = await client.time()
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
}
