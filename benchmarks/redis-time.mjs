import { Redis } from 'ioredis'

import { DISTRIBUTION, openRedis } from './harness.mjs'
import { median } from './measure.mjs'

/*
 * Measures how long Redis itself works on one operation, by its own statistics (INFO commandstats),
 * next to a GET of 1 KiB in the same run. Redis has one thread for all clients, so this is the cost
 * for a fleet. It does not include reading a command from the socket or writing its reply.
 */
const { createCache } = await import(`${DISTRIBUTION}index.js`)
const ROUNDS = 7
const TIMES = 500
const BATCH = 64

const redis = await openRedis()
if (redis !== undefined) {
  const bare = new Redis(redis.url)
  const options = { redis: redis.url, prefix: 'redis-time' }
  const shared = createCache({ ...options, defaults: { tiers: ['redis'] } })
  const strict = createCache({ ...options, defaults: { consistency: 'strict' } })
  await Promise.all([shared.ready('5s'), strict.ready('5s')])
  const operations = await operationsOf(bare, shared, strict)
  await printTimes(bare, operations)
  await Promise.all([shared.close(), strict.close()])
  bare.disconnect()
  await redis.close()
}

/** Each performs one operation; `index` is different for every call. */
async function operationsOf(bare, shared, strict) {
  const rows = shared.namespace('rows')
  const checked = strict.namespace('checked')
  const ids = Array.from({ length: BATCH }, (_, index) => `row-${index}`)
  await bare.set('redis-time:bare', textOf(1))
  for (const id of ids) await rows.set(id, textOf(1))
  for (const size of [1, 100]) await checked.getOrLoad(`size-${size}`, async () => textOf(size))
  return {
    'GET of 1 KiB': Object.assign(() => bare.get('redis-time:bare'), { commands: ['get'] }),
    'hit in Redis, 1 KiB': () => rows.get('row-0'),
    [`the same, each of ${BATCH} in one tick`]: Object.assign(() => rows.getMany(ids), {
      parts: BATCH,
    }),
    'strict hit, unchanged, 1 KiB': () => checked.getOrLoad('size-1', fail),
    'strict hit, unchanged, 100 KiB': () => checked.getOrLoad('size-100', fail),
    'miss: lease, load, store, 1 KiB': (index) =>
      rows.getOrLoad(`new-${index}`, async () => textOf(1)),
    'evict of one key': (index) => rows.delete(`new-${index}`),
    'clear of a namespace': () => rows.clear(),
  }
}

async function printTimes(bare, operations) {
  const figures = {}
  let index = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, operation] of Object.entries(operations)) {
      const names = operation.commands ?? ['eval', 'evalsha']
      const before = await statisticsOf(bare, names)
      for (let times = 0; times < TIMES; times += 1) await operation((index += 1))
      // A miss sends its store after its caller has the value.
      await new Promise((resolve) => setTimeout(resolve, 50))
      const after = await statisticsOf(bare, names)
      const parts = TIMES * (operation.parts ?? 1)
      const figure = (figures[name] ??= { microseconds: [], commands: [] })
      figure.microseconds.push((after.microseconds - before.microseconds) / parts)
      figure.commands.push((after.commands - before.commands) / parts)
    }
  }
  console.log('\nTime that Redis takes for one operation, and commands\n')
  for (const [name, { microseconds, commands }] of Object.entries(figures)) {
    const time = median(microseconds).toFixed(1).padStart(8)
    console.log(`${name.padEnd(38)} ${time} µs  ${median(commands).toFixed(2).padStart(8)}`)
  }
}

/** The time of a script includes its commands, so their own statistics lines do not count here. */
async function statisticsOf(bare, names) {
  const text = await bare.info('commandstats')
  const total = { microseconds: 0, commands: 0 }
  for (const [, name, calls, time] of text.matchAll(/cmdstat_(\S+?):calls=(\d+),usec=(\d+)/g)) {
    if (!names.includes(name)) continue
    total.microseconds += Number(time)
    total.commands += Number(calls)
  }
  return total
}

function textOf(kibibytes) {
  return 'x'.repeat(kibibytes * 1_024)
}

async function fail() {
  throw new Error('found nothing in Redis')
}
