/*
 * Key generation: how fast, and how right. `npm run bench:keys` builds, installs the peers beside
 * this file and runs it. Figures are nanoseconds, medians; ratios are to JSON.stringify in the same
 * run, which is the honest yardstick: it is native, and wrong.
 */
import stringifyFast from 'fast-json-stable-stringify'
import { hash as hashIt } from 'hash-it'
import objectHash from 'object-hash'
import { hash as ohash } from 'ohash'
import { stringify as stringifySafe } from 'safe-stable-stringify'

import { canonicalOne, canonicalText } from '../out/src/keys/canonical.js'
import { EntryKeys } from '../out/src/keys/entry-keys.js'
import { fingerprint, xxh3 } from '../out/src/keys/hash.js'
import { different, equal, hostile, shapes, targets } from './keys-cases.mjs'
import { measure, median } from './measure.mjs'

const reference = 'JSON.stringify'

const candidates = {
  [reference]: (list) => JSON.stringify(list),
  cachewright: (list) => (list.length === 1 ? canonicalOne(list[0]) : canonicalText(list)),
  'safe-stable-stringify': (list) => stringifySafe(list),
  'fast-json-stable': (list) => stringifyFast(list),
  'object-hash': (list) => objectHash(list),
  ohash: (list) => ohash(list),
  'hash-it': (list) => hashIt(list),
}

printSpeed()
printCorrectness()
printLookUps()
printDigests()
printHostile()

function printSpeed() {
  console.log(`\nTime to a key (ns), and ratio to ${reference} measured in turns with it\n`)
  print(['', ...Object.keys(candidates)])
  for (const [name, make] of Object.entries(shapes)) {
    const cells = Object.entries(candidates).map(([who, keyOf]) => {
      // In pairs, so that nobody collects the garbage of a third.
      const medians = measure({
        [reference]: (index) => JSON.stringify(make(index)),
        [who]: (index) => keyOf(make(index)),
      })
      return `${medians[who].toFixed(0)} (${(medians[who] / medians[reference]).toFixed(2)})`
    })
    print([targets.includes(name) ? `${name} *` : name, ...cells])
  }
  console.log(`\n* a target: at most 1.00. Node ${process.version}, ${process.arch}`)
}

function printCorrectness() {
  const cases = [
    ...Object.entries(different).map(([name, pair]) => ({ name, pair, isEqual: false })),
    ...Object.entries(equal).map(([name, pair]) => ({ name, pair, isEqual: true })),
  ]
  console.log(`\nOf ${cases.length} pairs that must differ or must be equal\n`)
  for (const [who, keyOf] of Object.entries(candidates)) {
    const wrong = cases.filter(({ pair, isEqual }) => !isRight(keyOf, pair, isEqual))
    const right = cases.length - wrong.length
    console.log(`${who.padEnd(22)} ${right} right, ${wrong.length} wrong`)
    if (wrong.length > 0)
      console.log(`${' '.repeat(22)} ${wrong.map(({ name }) => name).join('; ')}`)
  }
  console.log('\nArguments refused, so that the call passes by the cache, count as different.')
}

function isRight(keyOf, [one, other], isEqual) {
  try {
    // A refusal is an object of its own, and so never equal to another.
    return (keyOf(one) === keyOf(other)) === isEqual
  } catch {
    return false
  }
}

/**
 * A text that is cheap to make and dear to look up would be no gain: this is what a hit pays. Arguments
 * that come again are recognised, and their text is not written anew.
 */
function printLookUps() {
  console.log(`\nKey behind a prefix, and look-up among 1,000 (ns), and ratio to ${reference}\n`)
  const prefix = 'users:search:2:'
  print(['', reference, 'written', 'recognised'])
  for (const [name, make] of Object.entries(shapes)) {
    const lists = Array.from({ length: 1_000 }, (_, index) => make(index))
    const known = new Map()
    const keys = new EntryKeys(prefix, (key) => known.get(key) ?? key)
    for (const list of lists) {
      const key = keys.written(list, undefined)
      if (!known.has(key)) known.set(key, key)
    }
    const json = new Map(lists.map((list) => [prefix + JSON.stringify(list), list]))
    const medians = measure({
      [reference]: (index) => json.get(prefix + JSON.stringify(make(index % 1_000))),
      written: (index) => known.get(keys.written(make(index % 1_000), undefined)),
      recognised: (index) => known.get(keys.keyOf(make(index % 1_000), undefined)),
    })
    const cells = Object.values(medians).map(
      (time) => `${time.toFixed(0)} (${(time / medians[reference]).toFixed(2)})`,
    )
    print([name, ...cells])
  }
}

function printDigests() {
  console.log('\nDigests, made only for Redis (ns)\n')
  print(['', 'XXH3-128', 'SHA-256 / 2'])
  for (const length of [40, 200, 2_000]) {
    const text = 'x'.repeat(length)
    const medians = measure({ xxh3: () => xxh3(text), fingerprint: () => fingerprint(text) })
    print([`${length} B`, medians.xxh3.toFixed(0), medians.fingerprint.toFixed(0)])
  }
}

function printHostile() {
  console.log('\nHostile arguments (ms); the limit is 5\n')
  for (const [name, value] of Object.entries(hostile())) {
    const times = []
    let outcome
    for (let round = 0; round < 11; round++) {
      const start = performance.now()
      outcome = canonicalOne(value)
      times.push(performance.now() - start)
    }
    const time = median(times)
    const verdict = typeof outcome === 'string' ? 'a key' : outcome.reason
    print([name, time.toFixed(3), verdict, time <= 5 ? '' : 'OVER'])
  }
  console.log(
    '\nOf an object, the engine lists the names before anything can count them (docs/keys.md).',
  )
}

function print(cells) {
  console.log(
    cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(22))).join(''),
  )
}
