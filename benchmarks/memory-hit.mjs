import { compileFunction } from 'node:vm'

import { LRUCache } from 'lru-cache'

import { attempt, measureTurns, openRedis, printRatios, repeatedly } from './harness.mjs'
import { peers } from './peers.mjs'

/*
 * Measures an awaited hit in memory, with a text as the only argument, and with an object that is
 * built for every call, as callers do. cachewright runs as it is used in practice: woven by
 * Inversify, with its counters, and following the invalidation log if there is a Redis.
 */
const IDS = Array.from({ length: 1_000 }, (_, index) => `user-${index}`)
const USERS = 200

const redis = await openRedis()
const opened = []
const options = { tiers: 'memory', url: undefined }
for (const [name, open] of Object.entries(peers)) {
  const isOurs = name === 'cachewright'
  const where = isOurs && redis !== undefined ? { tiers: 'both', url: redis.url } : options
  const peer = await attempt(name, () =>
    open({ ...where, space: 'memory-hit', load: async (of) => of }),
  )
  if (peer !== undefined) opened.push([name, peer])
}

await printOneText()
await printOneObject()

for (const [, peer] of opened) await peer.close()
await redis?.close()

async function printOneText() {
  const map = new Map(IDS.map((id) => [id, id]))
  const lru = new LRUCache({ max: 10_000, ttl: 3_600_000 })
  for (const id of IDS) lru.set(id, id)
  const subjects = {
    'Map + Promise.resolve': turns(IDS, (id) => Promise.resolve(map.get(id))),
    'lru-cache with ttl': turns(IDS, (id) => Promise.resolve(lru.get(id))),
  }
  for (const [name, { get }] of opened) {
    for (const id of IDS) await get(id)
    subjects[name] = turns(IDS, get)
  }
  printRatios('Memory hit, one text', await measureTurns(subjects), {
    reference: 'Map + Promise.resolve',
    target: 1.6,
  })
  await printPeek(map)
}

/** Compares the synchronous `peek` with a bare Map. */
async function printPeek(map) {
  const { cache, service } = opened.find(([name]) => name === 'cachewright')[1]
  const handle = cache.entryOf(service, 'read')
  const figures = await measureTurns({
    Map: peeks((id) => map.get(id)),
    cachewright: peeks((id) => handle.peek(id)),
  })
  printRatios('Peek at memory, synchronously', figures, { reference: 'Map', target: 1.5 })
}

async function printOneObject() {
  const map = new Map()
  for (let index = 0; index < USERS; index += 1) map.set(templateOf(query(index)), index)
  const written = (argument) => Promise.resolve(map.get(templateOf(argument)))
  const subjects = { 'Map + hand-written key': objectTurns(written) }
  for (const [name, { get }] of opened) {
    for (let index = 0; index < USERS; index += 1) await get(query(index))
    subjects[name] = objectTurns(get)
  }
  printRatios('Memory hit, an object built for every call', await measureTurns(subjects), {
    reference: 'Map + hand-written key',
    target: 1.5,
  })
}

function turns(ids, get) {
  const count = ids.length
  return repeatedly((index) => get(ids[index % count]))
}

function peeks(peek) {
  const source =
    'return async (times) => { let seen = 0; for (let index = 0; index < times; index++) ' +
    'if (peek(ids[index % 1000]) !== undefined) seen++; return seen }'
  return compileFunction(source, ['peek', 'ids'])(peek, IDS)
}

function objectTurns(get) {
  return repeatedly((index) => get(query(index % USERS)))
}

function query(index) {
  return {
    userId: `user-${index}`,
    filters: { active: true, role: 'admin', teams: ['red', 'green', 'blue'] },
    page: index % 10,
    sort: 'name',
  }
}

function templateOf({ userId, filters, page, sort }) {
  const { active, role, teams } = filters
  return `${userId}|${active}|${role}|${teams.join(',')}|${page}|${sort}`
}
