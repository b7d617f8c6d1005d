import { fork } from 'node:child_process'
import { once } from 'node:events'

import { LRUCache } from 'lru-cache'

import { printTarget } from './harness.mjs'
import { peers } from './peers.mjs'

/*
 * Measures the bytes that an entry takes beyond its value: 100,000 entries of one small object
 * each, in a separate process for each library, after a full garbage collection. The size of the
 * same objects in an array is subtracted, so keys count and values do not.
 */
const ENTRIES = 100_000
const TTL = 3_600_000

const plain = {
  Map: async () => {
    const map = new Map()
    return { get: async (id) => void map.set(id, valueOf(id)), map }
  },
  'lru-cache with ttl': async () => {
    const lru = new LRUCache({ max: 200_000, ttl: TTL })
    return { get: async (id) => void lru.set(id, valueOf(id)), lru }
  },
}
const subjects = { ...plain, ...peers }

if (process.argv[2] === undefined) await printAll()
else await weigh(process.argv[2])

async function printAll() {
  console.log(`\nBytes per entry beyond the value, at ${ENTRIES.toLocaleString('en')} entries\n`)
  for (const name of Object.keys(subjects)) {
    const child = fork(new URL(import.meta.url), [name], {
      execArgv: ['--expose-gc'],
      silent: true,
    })
    const answer = once(child, 'message').then(([bytes]) => bytes)
    const bytes = await Promise.race([answer, once(child, 'exit').then(() => undefined)])
    console.log(`${name.padEnd(38)} ${bytes === undefined ? 'left out' : Math.round(bytes)}`)
    if (name === 'cachewright' && bytes !== undefined) printTarget(bytes, 200, 'bytes')
  }
}

async function weigh(name) {
  const load = async (id) => valueOf(id)
  const subject = await subjects[name]({ tiers: 'memory', url: undefined, space: 'bytes', load })
  const before = await heap()
  for (let index = 0; index < ENTRIES; index += 1) await subject.get(`entry-${index}`)
  const cached = (await heap()) - before
  const values = []
  const start = await heap()
  for (let index = 0; index < ENTRIES; index += 1) values.push(valueOf(`entry-${index}`))
  const own = (await heap()) - start - 8 * ENTRIES
  // Both are read again, so that neither can have been collected.
  await subject.get('entry-0')
  process.send((cached - own) / values.length, () => process.exit())
}

function valueOf(id) {
  return { id: id.length, score: id.length * 2, isActive: true }
}

async function heap() {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    globalThis.gc()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
