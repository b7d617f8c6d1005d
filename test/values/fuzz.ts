import { randomBytes } from 'node:crypto'

import { inspect } from '../../src/values/inspect.js'
import { join, preambleOf } from '../../src/values/envelope.js'
import { createSealer, type Sealer } from '../../src/values/sealer.js'
import {
  COMPRESSED,
  fingerprintOf,
  HEADER,
  keep,
  KEYS,
  MAX_BYTES,
  sealNow,
  UNCOMPRESSED,
} from './sealing.js'

/** What came of a number of broken payloads. */
export interface FuzzReport {
  /** How often each answer was given: a rejection, or `value`. */
  readonly answers: Record<string, number>
  /** Values that came out of bytes that were not written so, or that are never stored. */
  wrong: number
  readonly thrown: string[]
}

interface Sample {
  readonly sealer: Sealer
  readonly bytes: Buffer
}

type Random = () => number

const VALUES: readonly unknown[] = [
  { id: 1, name: 'Ada', tags: ['a', 'b'], nested: { list: [1, 2, 3] } },
  [{ at: new Date(1e12), amount: 12n, set: new Set([1, undefined]), map: new Map([['a', -0]]) }],
  { file: Buffer.from('some bytes'), url: new URL('http://a.example/?b#c'), none: undefined },
  (() => {
    const shared = { id: 1 }
    return { one: shared, two: [shared], set: new Set([shared]) }
  })(),
  'just a text',
  null,
]

const TEXTS: readonly string[] = [
  '{"json":{"a":null,"b":["1",null]},"meta":{"values":{"b.0":["bigint"]},"referentialEqualities":{"b":["a"]},"v":1}}',
  '{"json":[["k",{"x":"1970-01-01T00:00:00.000Z"}]],"meta":{"values":["map",{"0.1.x":["Date"]}],"v":1}}',
  '{"json":["Buffer","AAEC"],"meta":{"values":[["custom","binary"]],"v":1}}',
  '{"json":{"a":{"b":null}},"meta":{"values":[["custom","null-prototype"]],"referentialEqualities":[["a.b"]],"v":1}}',
  '{"a":[1,2,{"b":null}],"c":"text"}',
]

/** Pieces that do harm where somebody is careless with them. */
const PIECES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '"__proto__":{"polluted":1}',
  '["regexp"]',
  '["Error"]',
  '["set"]',
  '["map"]',
  '["undefined"]',
  '["class","Object"]',
  '["symbol","a"]',
  '["Date"]',
  '["typed-array","Uint8Array"]',
  '["custom","binary"]',
  '"values"',
  '"referentialEqualities"',
  '.',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  ':',
  'null',
  '1e999',
  '-0',
  '4294967295',
  'length',
  '\ud800',
  '"a":["b"]',
]

const WORDS: readonly string[] = [
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"a"',
  '"b.1"',
  '"0"',
  '"regexp"',
  '"Error"',
  '"undefined"',
  '"set"',
  '"map"',
  '"number"',
  '"NaN"',
  '"-0"',
  '"URL"',
  '"a:b"',
  '{}',
  '[]',
  '[null]',
  '{"a":null}',
]

/** Opens `rounds` broken payloads, of every sort in turn. */
export function fuzz(rounds: number, random: Random): FuzzReport {
  const report: FuzzReport = { answers: {}, wrong: 0, thrown: [] }
  const samples = makeSamples()
  const plain = createSealer({})
  for (let round = 0; round < rounds; round++) {
    const sample = pick(samples, random)
    const sort = round % 5
    if (sort < 3) tryBroken(report, sample.sealer, damaged(sample.bytes, sort, random))
    else if (sort === 3) tryForged(report, plain, forge(random))
    else tryBroken(report, sample.sealer, garbage(random))
  }
  return report
}

function makeSamples(): Sample[] {
  const sealers = [
    createSealer({}),
    createSealer({ encryption: KEYS }),
    createSealer({ encryption: { ...KEYS, mode: 'sign' } }),
  ]
  return sealers.flatMap((sealer) =>
    VALUES.flatMap((value) =>
      [UNCOMPRESSED, COMPRESSED].map((limits) => ({
        sealer,
        bytes: sealNow(sealer, 'key', keep(value), limits),
      })),
    ),
  )
}

function damaged(bytes: Buffer, sort: number, random: Random): Buffer {
  const broken = damage(bytes, sort, random)
  return broken.equals(bytes) ? damaged(bytes, sort, random) : broken
}

/** Bits flipped, bytes cut off or added, a piece of one entry in another. */
function damage(bytes: Buffer, sort: number, random: Random): Buffer {
  const broken = Buffer.from(bytes)
  const at = Math.floor(random() * broken.length)
  if (sort === 0) {
    broken[at] = (broken[at] as number) ^ (1 << Math.floor(random() * 8))
    return broken
  }
  if (sort === 1) {
    return random() < 0.7
      ? broken.subarray(0, at)
      : Buffer.concat([broken, randomBytes(1 + (at % 9))])
  }
  const length = 1 + Math.floor(random() * 16)
  return Buffer.concat([broken.subarray(0, at), randomBytes(length), broken.subarray(at + length)])
}

function garbage(random: Random): Buffer {
  const choice = random()
  if (choice < 0.2) return Buffer.from(pick(PIECES, random))
  if (choice < 0.3) return Buffer.alloc(Math.floor(random() * 100), Math.floor(random() * 256))
  const bytes = randomBytes(Math.floor(random() * 200))
  // Half of it looks like an entry at first sight.
  if (choice < 0.6 && bytes.length > 18) bytes.write(fingerprintOf('key'), 2, 'latin1')
  if (choice < 0.6 && bytes.length > 0) bytes[0] = 1
  return bytes
}

/** A payload as an attacker writes it who knows the format: the checksum fits. */
function forge(random: Random): Buffer {
  let text = pick(TEXTS, random)
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    text = random() < 0.5 ? spliced(text, random) : renamed(text, random)
  }
  const preamble = preambleOf({
    fingerprint: fingerprintOf('key'),
    header: HEADER,
    kind: random() < 0.8 ? 'rich' : 'plain',
    compression: random() < 0.1 ? { algorithm: 1, length: text.length } : undefined,
    key: undefined,
  })
  return join(preamble, undefined, Buffer.from(text))
}

function spliced(text: string, random: Random): string {
  const at = Math.floor(random() * text.length)
  const cut = random() < 0.5 ? 0 : Math.floor(random() * 12)
  return text.slice(0, at) + pick(PIECES, random) + text.slice(at + cut)
}

/** Another word in the place of one: what comes out is JSON still. */
function renamed(text: string, random: Random): string {
  const words = text.match(/"[^"]*"|null|\d+/g) ?? ['']
  const [from, to] = [pick(words, random), pick([...words, ...WORDS], random)]
  return text.replace(from, () => to)
}

function tryBroken(report: FuzzReport, sealer: Sealer, bytes: Buffer): void {
  note(report, sealer, bytes, () => false)
}

function tryForged(report: FuzzReport, sealer: Sealer, bytes: Buffer): void {
  note(report, sealer, bytes, (value) => inspect(value, MAX_BYTES).kind !== 'refused')
}

function note(
  report: FuzzReport,
  sealer: Sealer,
  bytes: Buffer,
  isAllowed: (value: unknown) => boolean,
): void {
  try {
    const opened = sealer.open(fingerprintOf('key'), bytes)
    const decoded = typeof opened === 'string' ? opened : opened.decode(MAX_BYTES)
    if (decoded instanceof Promise) throw new Error('a promise')
    const answer = typeof decoded === 'string' ? decoded : 'value'
    report.answers[answer] = (report.answers[answer] ?? 0) + 1
    if (typeof decoded !== 'string' && !isAllowed(decoded.value)) report.wrong++
  } catch (error) {
    report.thrown.push(String(error))
  }
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T
}
