import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'

import { attempt, openRedis } from './harness.mjs'
import { startNode } from './fleet.mjs'
import { peers } from './peers.mjs'

/*
 * Shows which libraries serve the old value after an invalidation. A load begins and reads the old
 * row; then the row is changed and the entry invalidated; then the load ends and stores what it
 * read. Every caller that asks after the invalidation was acknowledged must get the new row.
 *
 * Each library runs in two real processes, A and B, with one Redis. The parent process plays the
 * database: it decides when a load ends, so no outcome depends on the speed of the machine. The
 * caller that started the load may get the old value, because it asked before the invalidation.
 */
const SETTLED = 400
const LOADING = 5_000

const RACES = {
  'delete, same process': { loader: 'A', invalidate: ({ A }, key) => A.ask('drop', key) },
  'delete, other process': { loader: 'B', invalidate: ({ A }, key) => A.ask('drop', key) },
  tag: { loader: 'B', tag: 'team', invalidate: ({ A }) => A.ask('dropTag') },
  clear: { loader: 'B', invalidate: ({ A }) => A.ask('clear') },
  'delete, then FLUSHALL': {
    loader: 'B',
    needsOwnRedis: true,
    invalidate: async ({ A, redis }, key) => {
      await A.ask('drop', key)
      await redis.flushall()
    },
  },
}

const server = await openRedis()
if (server !== undefined) {
  const connection = new Redis(server.url)
  await printRaces(connection)
  connection.disconnect()
  await server.close()
}

async function printRaces(redis) {
  const names = Object.keys(RACES)
  const rows = []
  for (const library of Object.keys(peers)) {
    const cells = []
    for (const race of names) cells.push(await cellOf(library, race, redis))
    rows.push(`| ${library} | ${cells.join(' | ')} |`)
  }
  console.log('\nWhat is served after an acknowledged invalidation\n')
  console.log(`| | ${names.join(' | ')} |\n| --- |${' --- |'.repeat(names.length)}`)
  for (const row of rows) console.log(row)
}

async function cellOf(library, name, redis) {
  const race = RACES[name]
  if (race.needsOwnRedis && !server.isOwn) return 'not run: REDIS_URL is yours'
  if (server.isOwn) await redis.flushall()
  const result = await attempt(`${library}, ${name}`, () => run(library, name, race, redis))
  if (result === undefined) return '?'
  if (result === 'cannot') return '–'
  const stale = Object.entries(result).filter(([, version]) => version !== 2)
  return stale.length === 0 ? 'new' : `**old**: ${stale.map(([reader]) => reader).join(', ')}`
}

/** @returns what readers after the invalidation got: 1 is the old row, 2 the new one */
async function run(library, name, { loader, tag, invalidate }, redis) {
  let version = 1
  let end
  const gate = new Promise((resolve) => {
    end = resolve
  })
  let begun
  const hasBegun = new Promise((resolve) => {
    begun = resolve
  })
  let loads = 0
  const load = async () => {
    const row = version
    loads += 1
    if (loads === 1) {
      begun()
      await gate
    }
    return row
  }
  const space = `${library}-${name}`.replaceAll(/\W/g, '')
  const options = { name: library, tiers: 'both', url: server.url, space, tag }
  const [A, B] = await Promise.all([startNode(options, load), startNode(options, load)])
  try {
    if (!A.isOpen) return 'cannot'
    const first = { A, B }[loader].ask('get', `key-${space}`)
    await Promise.race([hasBegun, sleep(LOADING)])
    version = 2
    await invalidate({ A, B, redis }, `key-${space}`)
    // These calls may join the running load, if the library allows that.
    const joined = [A.ask('get', `key-${space}`), B.ask('get', `key-${space}`)]
    await Promise.race([Promise.all(joined), sleep(SETTLED)])
    end()
    await first
    const [duringA, duringB] = await Promise.all(joined)
    await sleep(SETTLED)
    const [laterA, laterB] = await Promise.all([
      A.ask('get', `key-${space}`),
      B.ask('get', `key-${space}`),
    ])
    // Every library documents that another process may hear of the invalidation a moment later. So
    // only the immediate answers of the invalidating process count, and the final answers of both.
    return {
      'A at once': duringA,
      ...(loader === 'A' ? {} : { 'B, which was loading, to new callers': duringB }),
      'A later': laterA,
      'B later': laterB,
    }
  } finally {
    end()
    await Promise.all([A.stop(), B.stop()])
  }
}
