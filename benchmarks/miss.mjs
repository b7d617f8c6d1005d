import { Redis } from 'ioredis'
import { LRUCache } from 'lru-cache'

import { attempt, measureTurns, openRedis, printRatios, repeatedly } from './harness.mjs'
import { peers } from './peers.mjs'

/*
 * Measures what a miss costs beyond the method itself; every call has a new key. With Redis, it is
 * the time that the caller waits: a store after the answer does not count. The reference is
 * hand-written code: an LRU with single flight, or GET, method, SET.
 */
const VALUE = { id: 1, name: 'Ada Lovelace', active: true }
let calls = 0
const nextId = () => `id-${(calls += 1)}`
const load = async () => VALUE

const redis = await openRedis()
await printInMemory()
if (redis !== undefined) {
  await printWithRedis()
  await redis.close()
}

async function printInMemory() {
  const lru = new LRUCache({ max: 100_000, ttl: 3_600_000 })
  const running = new Map()
  const byHand = (id) => {
    const found = lru.get(id) ?? running.get(id)
    if (found !== undefined) return found
    const loading = load(id).then((value) => {
      lru.set(id, value)
      running.delete(id)
      return value
    })
    running.set(id, loading)
    return loading
  }
  const gets = { 'hand-written LRU + single flight': byHand }
  const opened = await openAll(gets, { tiers: 'memory', url: undefined })
  printRatios('Miss, memory only', await measureTurns(subjectsOf(gets)), {
    reference: 'hand-written LRU + single flight',
    target: 2,
  })
  for (const peer of opened) await peer.close()
}

async function printWithRedis() {
  const bare = new Redis(redis.url)
  const byHand = async (id) => {
    const found = await bare.get(`bare:${id}`)
    if (found !== null) return JSON.parse(found)
    const value = await load(id)
    await bare.set(`bare:${id}`, JSON.stringify(value), 'PX', 3_600_000)
    return value
  }
  const gets = { 'ioredis GET, method, SET': byHand }
  const opened = await openAll(gets, { tiers: 'both', url: redis.url })
  printRatios(
    'Miss, memory and Redis',
    await measureTurns(subjectsOf(gets), { turn: 15_000_000 }),
    {
      reference: 'ioredis GET, method, SET',
      target: 1.15,
      unit: 'µs',
    },
  )
  for (const peer of opened) await peer.close()
  bare.disconnect()
}

async function openAll(gets, options) {
  const opened = []
  for (const [name, open] of Object.entries(peers)) {
    await attempt(name, async () => {
      const peer = await open({ ...options, space: `miss-${name.replaceAll(/\W/g, '')}`, load })
      opened.push(peer)
      gets[name] = peer.get
    })
  }
  return opened
}

function subjectsOf(gets) {
  return Object.fromEntries(
    Object.entries(gets).map(([name, get]) => [name, repeatedly(() => get(nextId()))]),
  )
}
