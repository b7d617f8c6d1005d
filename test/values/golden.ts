import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { EncryptionKeys } from '../../src/values/encryption.js'
import type { Header } from '../../src/values/envelope.js'

/** What a file of the format holds. Its name says which flags it has. */
export interface GoldenCase {
  readonly name: string
  readonly header: Header
  readonly value: unknown
  readonly isCompressed: boolean
  readonly mode: EncryptionKeys['mode'] | undefined
}

/** Of these files only, as everybody can read it here. */
export const GOLDEN_KEYS: EncryptionKeys = {
  current: 'golden.1',
  keys: { 'golden.1': '6f1c2b93a8d04e57bb10c9d8e7f6a5b4c3d2e1f0918273645546372819aabbcc' },
}

/** The identity that all files belong to. */
export const GOLDEN_IDENTITY = 'golden/users/1/profile/["42"]'

const TOKENS = ['AAECAwQFBgcICQoL', 'DA0ODxAREhMUFRYX', 'GBkaGxwdHh8gISIj']
const TAGS = [
  { id: 'MDEyMzQ1Njc4OTo7', token: 'PD0-P0BBQkNERUZH' },
  { id: '__________-_____', token: '----------------' },
]

const shared = { id: 7 }

const PLAIN = {
  id: 42,
  name: 'Ada Lovelace \ud83d\udc69\u200d\ud83d\udcbb \ud800',
  roles: ['admin', null, true, 1.5e-7],
  nested: { constructor: 'Ferrari', '': {} },
  filler: 'the same words again '.repeat(8),
}

const RICH = {
  none: undefined,
  numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
  big: -(2n ** 70n),
  at: new Date('2026-11-24T08:00:00.123Z'),
  map: new Map<unknown, unknown>([[{ key: 1 }, new Set([1, 'a', undefined])]]),
  url: new URL('https://user@example.org:8080/a/b?c=d#e'),
  binary: [
    Buffer.from('bytes'),
    new Uint8Array([1, 2]).buffer,
    new Float64Array([Number.NaN, -0]),
    new BigInt64Array([-1n]),
  ],
  bare: Object.assign(Object.create(null) as object, { a: 1n }),
  'a.b\\c': [new Date(0)],
  filler: 'the same words again '.repeat(8),
}

/** With sharing and a cycle, which superjson itself writes. */
const GRAPH = {
  shared: [shared, shared],
  set: new Set<unknown>([shared, null]),
  filler: RICH.filler,
  self: undefined as unknown,
}
GRAPH.self = GRAPH

export const GOLDEN_CASES: readonly GoldenCase[] = [
  ...casesOf('plain', PLAIN),
  ...casesOf('rich', RICH),
  ...casesOf('graph', GRAPH),
  ...[0, 1, 2, 3].map((tokens) => ({
    name: `tokens-${tokens}`,
    header: { tokens: TOKENS.slice(0, tokens), tags: [] },
    value: tokens,
    isCompressed: false,
    mode: undefined,
  })),
]

function casesOf(kind: string, value: unknown): GoldenCase[] {
  const cases: GoldenCase[] = []
  for (const mode of [undefined, 'encrypt', 'sign'] as const) {
    for (const isCompressed of [false, true]) {
      for (const tags of [[], TAGS]) {
        const flags = [
          isCompressed ? 'compressed' : '',
          mode ?? '',
          tags.length > 0 ? 'tagged' : '',
        ]
        const name = [kind, ...flags.filter((flag) => flag !== '')].join('-')
        cases.push({
          name,
          header: { tokens: TOKENS.slice(0, 2), tags },
          value,
          isCompressed,
          mode,
        })
      }
    }
  }
  return cases
}

const FOLDER = join(rootFolder(), 'test', 'golden', 'format-1')

/** The project's folder, wherever this file was compiled to. */
function rootFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** The names of the files there are, without their ending. */
export function goldenNames(): string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.bin$/, ''))
}

export function readGolden(name: string): Buffer {
  return readFileSync(join(FOLDER, `${name}.bin`))
}

/** Writes a file that is not there yet. What a released version wrote is never written again. */
export function writeGolden(name: string, bytes: Buffer): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, `${name}.bin`), bytes, { flag: 'wx' })
}
