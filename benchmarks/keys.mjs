/*
 * Measures the speed and the correctness of key generation. `npm run bench:keys` builds the
 * library, installs the other libraries next to this file and runs it. Figures are median
 * nanoseconds; ratios are to JSON.stringify in the same run. That is a demanding reference: it is
 * native, but incorrect.
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
      // Measured in pairs, so that none collects the garbage of a third one.
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
  console.log(`\nCorrectness for ${cases.length} pairs that must differ or must be equal\n`)
  for (const [who, keyOf] of Object.entries(candidates)) {
    const wrong = cases.filter(({ pair, isEqual }) => !isRight(keyOf, pair, isEqual))
    const right = cases.length - wrong.length
    console.log(`${who.padEnd(22)} ${right} right, ${wrong.length} wrong`)
    if (wrong.length > 0)
      console.log(`${' '.repeat(22)} ${wrong.map(({ name }) => name).join('; ')}`)
  }
  console.log('\nRefused arguments, for which a call bypasses the cache, count as different.')
}

function isRight(keyOf, [one, other], isEqual) {
  try {
    // Each refusal is a new object, so it never equals another one.
    return (keyOf(one) === keyOf(other)) === isEqual
  } catch {
    return false
  }
}

/**
 * Measures what a hit pays: the key and its look-up. A text that is cheap to write but expensive to
 * look up would gain nothing. Repeated arguments are recognised, and their text is not written
 * again.
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
  console.log('\nDigests, computed only for Redis (ns)\n')
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
    '\nThe engine lists all names of an object before a program can count them (docs/keys.md).',
  )
}

function print(cells) {
  console.log(
    cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(22))).join(''),
  )
}
