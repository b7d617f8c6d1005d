import { Redis } from 'ioredis'

import {
  attempt,
  measureTurns,
  openRedis,
  percentile,
  printRatios,
  printTarget,
  repeatedly,
} from './harness.mjs'
import { startNode } from './fleet.mjs'
import { peers } from './peers.mjs'

/*
 * Measures the cost of an invalidation of a whole namespace and of a tag, each with many keys, and
 * the time from the call in one process until another process stops serving the value in its
 * memory.
 */
const KEYS = 10_000
const ROUNDS = 200
/** The hand-written reference, which is no library. */
const REFERENCE = 'bare DEL + PUBLISH, Map'

const redis = await openRedis()
if (redis !== undefined) {
  await printClears()
  await printDelays()
  await redis.close()
}

async function printClears() {
  const bare = new Redis(redis.url)
  const peer = await peers.cachewright({
    tiers: 'both',
    url: redis.url,
    space: 'clears',
    tag: 'team',
    load: async (id) => id,
  })
  for (let start = 0; start < KEYS; start += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => peer.get(`key-${start + index}`)))
  }
  const reference = 'ioredis INCR'
  const subjects = { [reference]: repeatedly(() => bare.incr('bare:version')) }
  const namespace = { ...subjects, cachewright: repeatedly(() => peer.clear()) }
  const tag = { ...subjects, cachewright: repeatedly(() => peer.dropTag()) }
  const settings = { reference, target: 4, unit: 'µs' }
  const keys = KEYS.toLocaleString('en')
  const turn = { turn: 15_000_000 }
  printRatios(`Clear a namespace of ${keys} keys`, await measureTurns(namespace, turn), settings)
  printRatios(`Invalidate a tag of ${keys} keys`, await measureTurns(tag, turn), settings)
  await peer.close()
  bare.disconnect()
}

async function printDelays() {
  console.log('\nFrom an invalidation in one process until another stops serving the old value\n')
  const figures = {}
  for (const name of [REFERENCE, 'cachewright', 'bentocache', 'layered-loader']) {
    figures[name] = await attempt(name, () => delaysOf(name))
  }
  for (const [name, delays] of Object.entries(figures)) {
    if (delays === undefined) continue
    const [half, most] = [percentile(delays, 0.5), percentile(delays, 0.99)]
    console.log(
      `${name.padEnd(38)} p50 ${half.toFixed(2).padStart(7)} ms   p99 ${most.toFixed(2).padStart(7)} ms`,
    )
  }
  const { cachewright, [REFERENCE]: bare } = figures
  if (cachewright === undefined || bare === undefined) return
  for (const share of [0.5, 0.99])
    printTarget(percentile(cachewright, share) / percentile(bare, share), 1.5)
}

/** Lets one process watch the key and another one drop it. Both use the clock of the machine. */
async function delaysOf(name) {
  let version = 1
  const load = async () => version
  const options = {
    name,
    tiers: 'both',
    url: redis.url,
    space: `delay-${name.replaceAll(/\W/g, '')}`,
  }
  const watcher = await startNode(options, load)
  const writer = await startNode(options, load)
  const delays = []
  try {
    await watcher.ask('get', 'key')
    for (let round = 0; round < ROUNDS; round += 1) {
      const seen = watcher.ask('watch', { argument: 'key', value: version })
      // The watcher reads the key at least once more before it changes.
      await writer.ask('get', 'key')
      version += 1
      const begin = BigInt(await writer.ask('dropAt', 'key'))
      delays.push(Number(BigInt(await seen) - begin) / 1_000_000)
    }
  } finally {
    await watcher.stop()
    await writer.stop()
  }
  return delays
}
