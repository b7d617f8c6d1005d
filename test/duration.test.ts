import { expect } from 'chai'

import { type Duration, toMilliseconds } from '../src/duration.js'
import { CacheConfigurationError } from '../src/errors.js'

/** What the type takes, as test/types/durations.ts has it. */
const TAKEN: readonly (readonly [Duration, number])[] = [
  ['0s', 0],
  ['1ms', 1],
  ['250ms', 250],
  ['100ms', 100],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['1.5h', 5_400_000],
  ['0.5s', 500],
  ['1.05h', 3_780_000],
  ['1.0h', 3_600_000],
  ['0.001s', 1],
  ['10.50m', 630_000],
  [1.5, 2],
  [0, 0],
]

/** What the type refuses, and what only a run can: a sign, and what is computed. */
const REFUSED: readonly unknown[] = [
  '5 m',
  ' 5m',
  '5m ',
  '5 minutes',
  '5min',
  '5M',
  '1h30m',
  '1e3s',
  '.5m',
  '5.m',
  '1,5h',
  '5',
  'm',
  '',
  true,
  '-5m',
  '0x5m',
  -1,
  Number.NaN,
]

describe('A duration', () => {
  for (const [text, milliseconds] of TAKEN) {
    it(`is taken as its type says: ${text}`, () => {
      expect(toMilliseconds(text, 'ttl')).to.equal(milliseconds)
    })
  }

  for (const text of REFUSED) {
    it(`is refused with the forms there are: ${JSON.stringify(text)}`, () => {
      expect(() => toMilliseconds(text as Duration, 'ttl'))
        .to.throw(CacheConfigurationError)
        .with.property('message')
        .that.includes("'5m'")
        .and.includes('milliseconds')
    })
  }
})
