import { Container, injectable } from 'inversify'

import { Cached } from '../dist/index.js'
import { installCaching } from '../dist/inversify.js'

/**
 * Measures what caching adds to the activation of a transient service: Inversify creates services
 * of a class with ten decorated methods and of one with ten plain ones, with and without
 * `installCaching`.
 *
 * Usage: `npm run build && node benchmarks/activation.mjs`. Prints nanoseconds per activation, as
 * the best and the median of interleaved rounds, which are close together on an otherwise idle
 * machine. Compare differences and ratios, not figures of different machines. Fails if a woven
 * service takes more than 1 µs longer.
 */
const ROUNDS = 41
const ACTIVATIONS = 20_000
const LIMIT = 1_000

const annotated = classWith(Cached({ ttl: '1m' }))
const plain = classWith(undefined)

for (const jitless of [true, false]) {
  const subjects = {
    'ten annotated methods, woven': subjectFor(annotated, jitless, true),
    'ten annotated methods, no cache': subjectFor(annotated, jitless, false),
    'plain class, in a container with a cache': subjectFor(plain, jitless, true),
    'plain class, no cache': subjectFor(plain, jitless, false),
  }
  const results = measure(subjects)
  const [woven, unwoven, plainWithCache, plainWithout] = Object.values(results)
  console.log(`\nInversify, jitless: ${jitless} (ns per activation)`)
  console.table(results)
  console.log(`ten annotated methods: ${comparison(woven, unwoven)}`)
  console.log(`plain class:           ${comparison(plainWithCache, plainWithout)}`)
  if (woven.median - unwoven.median > LIMIT) process.exitCode = 1
}

/** Returns a class with ten methods, decorated by hand because this file is not compiled. */
function classWith(decorator) {
  class Service {}
  for (let index = 0; index < 10; index += 1) {
    const name = `method${index}`
    const { [name]: value } = { [name]: (key) => Promise.resolve(key) }
    const descriptor = { value, writable: true, configurable: true }
    Object.defineProperty(
      Service.prototype,
      name,
      decorator?.(Service.prototype, name, descriptor) ?? descriptor,
    )
  }
  injectable()(Service)
  return Service
}

/** Returns a function that creates the given number of services. */
function subjectFor(Service, jitless, isCached) {
  const container = new Container({ jitless })
  if (isCached) installCaching(container)
  container.bind(Service).toSelf().inTransientScope()
  let last
  return (times) => {
    for (let index = 0; index < times; index += 1) last = container.get(Service)
    return last
  }
}

/** Interleaves the rounds of all subjects, so that other load on the machine slows all of them. */
function measure(subjects) {
  const samples = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(subjects)) {
      const begin = performance.now()
      run(ACTIVATIONS)
      samples[name].push(((performance.now() - begin) * 1_000_000) / ACTIVATIONS)
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, values]) => {
      values.sort((one, other) => one - other)
      return [name, { best: Math.round(values[0]), median: Math.round(values[ROUNDS >> 1]) }]
    }),
  )
}

function comparison(cost, base) {
  const difference = (kind) => `+${cost[kind] - base[kind]} ns (${kind})`
  return `${difference('best')}, ${difference('median')}, ${(cost.best / base.best).toFixed(1)} times`
}
