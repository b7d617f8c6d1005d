import { Redis } from 'ioredis'

import { attempt, measureTurns, openRedis, printRatios, repeatedly } from './harness.mjs'
import { peers } from './peers.mjs'

/*
 * Measures a hit in Redis without memory: one at a time, and 64 in flight. Values are objects of
 * about 1 KiB. The reference is hand-written code: GET and JSON.parse.
 */
const FLIGHT = 64
const IDS = Array.from({ length: 1_024 }, (_, index) => `user-${index}`)

const redis = await openRedis()
if (redis !== undefined) {
  await measureAll()
  await redis.close()
}

async function measureAll() {
  const bare = new Redis(redis.url)
  for (const id of IDS) await bare.set(`bare:${id}`, JSON.stringify(valueOf(id)))
  const gets = {
    'ioredis GET + JSON.parse': async (id) => JSON.parse(await bare.get(`bare:${id}`)),
  }
  const tagged = {
    'ioredis MGET value and tag': async (id) => {
      const [value] = await bare.mget(`bare:${id}`, 'bare:tag')
      return JSON.parse(value)
    },
  }
  const opened = []
  for (const [name, open] of Object.entries(peers)) {
    await attempt(name, async () => {
      const peer = await open({ ...options(name), tag: undefined })
      opened.push(peer)
      await fill(peer)
      gets[name] = peer.get
    })
    await attempt(name, async () => {
      const peer = await open({ ...options(`${name}-tagged`), tag: 'team' })
      if (peer === undefined) return
      opened.push(peer)
      await fill(peer)
      tagged[name] = peer.get
    })
  }
  const reference = 'ioredis GET + JSON.parse'
  await printOneAtATime('Redis hit, one at a time', gets, { reference, target: 1.35 })
  await printInFlight(gets, { reference, target: 0.9 })
  await printOneAtATime('Redis hit with a tag, one at a time', tagged, {
    reference: 'ioredis MGET value and tag',
    target: 1.4,
  })
  for (const peer of opened) await peer.close()
  bare.disconnect()
}

function options(name) {
  const space = `redis-hit-${name.replaceAll(/\W/g, '')}`
  return { tiers: 'redis', url: redis.url, space, load: async (id) => valueOf(id) }
}

async function fill(peer) {
  for (let start = 0; start < IDS.length; start += FLIGHT) {
    await Promise.all(IDS.slice(start, start + FLIGHT).map((id) => peer.get(id)))
  }
}

async function printOneAtATime(title, gets, settings) {
  const subjects = mapped(gets, (get) => repeatedly((index) => get(IDS[index % IDS.length])))
  printRatios(title, await measureTurns(subjects, { turn: 15_000_000 }), {
    ...settings,
    unit: 'µs',
  })
}

async function printInFlight(gets, settings) {
  const subjects = mapped(gets, (get) =>
    repeatedly((turn) => {
      const start = (turn * FLIGHT) % IDS.length
      return Promise.all(IDS.slice(start, start + FLIGHT).map((id) => get(id)))
    }),
  )
  const figures = await measureTurns(subjects, { turn: 15_000_000 })
  printRatios(
    'Redis hit, 64 in flight, for each',
    mapped(figures, (figure) => figure / FLIGHT),
    {
      ...settings,
      unit: 'µs',
    },
  )
}

function mapped(record, change) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}

function valueOf(id) {
  return {
    id,
    name: 'Ada Lovelace',
    email: `${id}@example.org`,
    active: true,
    score: 12.5,
    notes: Array.from({ length: 16 }, (_, index) => `note ${index}: ${'x'.repeat(40)}`),
  }
}
