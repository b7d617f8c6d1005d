import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'

import { openRedis } from './harness.mjs'

/*
 * `npm run bench` runs every benchmark in a process of its own, one after the other. Name some to
 * run only those: `node benchmarks/run.mjs memory-hit coherence`.
 */
const QUESTIONS = [
  'memory-hit',
  'keys',
  'redis-hit',
  'redis-time',
  'miss',
  'herd',
  'bytes',
  'values',
  'import-time',
  'invalidation',
  'activation',
  'coherence',
]

const wanted = process.argv.slice(2)
const questions =
  wanted.length === 0 ? QUESTIONS : QUESTIONS.filter((name) => wanted.includes(name))
const redis = await openRedis()
const owner = redis?.isOwn === true ? { CACHEWRIGHT_BENCHMARK_OWNS_REDIS: '1' } : {}
const env = { ...process.env, ...owner, ...(redis === undefined ? {} : { REDIS_URL: redis.url }) }
console.log(
  `Node ${process.version}, ${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
)
for (const name of questions) {
  console.log(`\n== ${name} ${'='.repeat(Math.max(0, 70 - name.length))}`)
  const child = fork(new URL(`${name}.mjs`, import.meta.url), { env, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exitCode = 1
}
await redis?.close()
