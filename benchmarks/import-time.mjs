import { execFileSync } from 'node:child_process'

import { DISTRIBUTION, percentile, printTarget } from './harness.mjs'

/*
 * Measures how long a program waits for the `import` of each library in a fresh process, and for
 * `createCache`. Prints the median of processes that take turns, without the start of Node itself.
 */
const ROUNDS = 9
const SUBJECTS = {
  'lru-cache': 'lru-cache',
  cachewright: `${DISTRIBUTION}index.js`,
  'cachewright/inversify': `${DISTRIBUTION}inversify.js`,
  inversify: 'inversify',
  bentocache: 'bentocache',
  cacheable: 'cacheable',
  'cache-manager': 'cache-manager',
  '@type-cacheable/core': '@type-cacheable/core',
  'layered-loader': 'layered-loader',
  'async-cache-dedupe': 'async-cache-dedupe',
  ioredis: 'ioredis',
}

const samples = Object.fromEntries(Object.keys(SUBJECTS).map((name) => [name, []]))
const making = []
const makingWithRedis = []
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, specifier] of Object.entries(SUBJECTS)) {
    const { loading, made } = timesOf(specifier)
    samples[name].push(loading)
    if (name !== 'cachewright') continue
    making.push(made)
    // No server listens there: the loading is measured, not the connection.
    makingWithRedis.push(timesOf(specifier, "{ redis: 'redis://127.0.0.1:1' }").made)
  }
}
console.log('\nImport, in a fresh process\n')
for (const [name, values] of Object.entries(samples)) {
  console.log(`${name.padEnd(38)} ${percentile(values, 0.5).toFixed(1).padStart(8)} ms`)
}
printTarget(percentile(samples.cachewright, 0.5), 12, 'ms')
console.log(`createCache() after it: ${percentile(making, 0.5).toFixed(1)} ms`)
console.log(
  `createCache({ redis }) after it, with ioredis: ${percentile(makingWithRedis, 0.5).toFixed(1)} ms`,
)

function timesOf(specifier, options = '') {
  const program = `
    const begin = performance.now()
    const library = await import(${JSON.stringify(specifier)})
    const loaded = performance.now()
    library.createCache?.name === 'createCache' && ${specifier.startsWith('file:')} && library.createCache(${options})
    console.log(JSON.stringify({ loading: loaded - begin, made: performance.now() - loaded }))
    process.exit()`
  const settings = { cwd: new URL('.', import.meta.url), encoding: 'utf8' }
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], settings),
  )
}
