import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { compileFunction } from 'node:vm'

import { median } from './measure.mjs'

/** The build to measure; set `CACHEWRIGHT_DIST` to compare two builds. */
export const DISTRIBUTION = new URL(process.env.CACHEWRIGHT_DIST ?? '../dist/', import.meta.url)
  .href

/** Approximate nanoseconds of one turn of one subject. */
const TURN = 4_000_000

/**
 * Measures several subjects in turns, so that other load on the machine affects all of them
 * equally: the ratios stay meaningful even if the figures drift.
 *
 * @param {Record<string, (times: number) => Promise<unknown>>} subjects each repeats its work
 * `times` times
 * @returns {Promise<Record<string, number>>} median nanoseconds of one repetition of each subject
 */
export async function measureTurns(subjects, { rounds = 25, turn = TURN } = {}) {
  const entries = []
  for (const [name, run] of Object.entries(subjects)) {
    const times = await timesPerTurn(run, turn)
    entries.push({ name, run, times, samples: [] })
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { run, times, samples } of entries) samples.push(await timed(run, times))
  }
  return Object.fromEntries(
    entries.map(({ name, samples }) => [name, median(samples.slice(Math.floor(rounds / 4)))]),
  )
}

/** Finds the repetitions per turn. The calls also let the compiler optimise the subject first. */
async function timesPerTurn(run, turn) {
  let times = 16
  for (;;) {
    const time = await timed(run, times)
    if (time * times >= 5 * turn) return Math.max(1, Math.round(turn / time))
    times *= 2
  }
}

async function timed(run, times) {
  // Promises alone never let the event loop read a socket, and a process that hears nothing from
  // Redis may not trust its memory. No real server runs like that.
  await turnOfTheLoop()
  const begin = process.hrtime.bigint()
  await run(times)
  return Number(process.hrtime.bigint() - begin) / times
}

/**
 * Returns a function that runs an asynchronous operation the given number of times in sequence.
 * Each operation gets a loop of its own: in a shared loop the call would be megamorphic, which
 * would slow down the fastest subjects most.
 */
export function repeatedly(work) {
  const source =
    'return async (times) => { for (let index = 0; index < times; index++) await work(index) }'
  return compileFunction(source, ['work'])(work)
}

export function percentile(values, share) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/**
 * Prints figures with their ratio to the reference, and whether ours is within its target.
 *
 * @param {Record<string, number>} figures in nanoseconds
 */
export function printRatios(title, figures, { reference, target, unit = 'ns' }) {
  const divisor = { ns: 1, µs: 1_000, ms: 1_000_000 }[unit]
  console.log(`\n${title}\n`)
  for (const [name, figure] of Object.entries(figures)) {
    const amount = (figure / divisor).toFixed(unit === 'ns' ? 0 : 2)
    const ratio = figure / figures[reference]
    console.log(
      `${name.padEnd(38)} ${amount.padStart(10)} ${unit}  ${ratio.toFixed(2).padStart(8)} ×`,
    )
  }
  if (target !== undefined) printTarget(figures.cachewright / figures[reference], target)
}

export function printTarget(value, target, unit = '×') {
  const verdict = value <= target ? 'met' : 'MISSED'
  console.log(
    `target: at most ${target} ${unit}, cachewright ${value.toFixed(2)} ${unit}: ${verdict}`,
  )
}

/** Runs `work`. If it fails, prints the reason instead of ending the whole run. */
export async function attempt(name, work) {
  try {
    return await work()
  } catch (error) {
    console.log(
      `${name}: left out (${error instanceof Error ? error.message.split('\n')[0] : 'failed'})`,
    )
    return undefined
  }
}

/**
 * Returns the Redis to measure with: the one at `REDIS_URL`, else a `redis-server` started on a
 * free loopback port, else undefined. `isOwn` says that it contains nobody else's data.
 */
export async function openRedis() {
  const given = process.env.REDIS_URL
  if (given) {
    const isOwn = process.env.CACHEWRIGHT_BENCHMARK_OWNS_REDIS === '1'
    return { url: given, isOwn, close: async () => {} }
  }
  const folder = mkdtempSync(join(tmpdir(), 'cachewright-benchmark-'))
  const port = await freePort()
  const settings = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  const server = spawn('redis-server', settings.map(String), {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const isUp = await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.once('exit', () => resolve(false))
    server.stdout.on('data', (text) => {
      if (String(text).includes('Ready to accept connections')) resolve(true)
    })
  })
  async function close() {
    if (isUp && server.exitCode === null) {
      server.kill()
      await once(server, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  if (isUp) return { url: `redis://127.0.0.1:${port}`, isOwn: true, close }
  await close()
  console.log('No REDIS_URL and no redis-server: benchmarks that need Redis are skipped.')
  return undefined
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
