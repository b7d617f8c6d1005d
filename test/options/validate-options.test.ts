import { expect } from 'chai'

import { CacheConfigurationError } from '../../src/errors.js'
import {
  validCachedOptions,
  validClassOptions,
  validEntryOptions,
  validEvictOptions,
  validManyOptions,
  validPutOptions,
  validWarmOptions,
} from '../../src/options/validate-options.js'

const callback = (): never[] => []
class Users {}

/** For each option: what it may hold, and what it may not. */
const SHARED: Readonly<Record<string, readonly [right: unknown[], wrong: unknown[]]>> = {
  version: [
    [0, 1, 'a'],
    ['', -1, 1.5, Number.NaN, null],
  ],
  ttl: [
    [0, 1, '5m', Number.POSITIVE_INFINITY, callback],
    ['5 m', -1, Number.NaN, null, true],
  ],
  negativeTtl: [
    [false, 0, '5s'],
    [true, -1, null],
  ],
  jitter: [
    [0, 0.5, 1],
    [-0.1, 1.1, '0.5', Number.NaN, null],
  ],
  staleWhileRevalidate: [
    [0, '5m'],
    [-1, 'x', callback],
  ],
  staleIfError: [
    [0, '1d'],
    [-1, 'x', callback],
  ],
  refreshAhead: [
    [0, 0.99],
    [1, -0.1, '0.5', null],
  ],
  timeout: [
    [{}, { soft: '1s' }, { hard: 5 }],
    [5, '5s', null, { hard: 0 }, { soft: 0 }, { herd: 5 }, []],
  ],
  concurrency: [
    [1, 50, Number.POSITIVE_INFINITY],
    [0, 1.5, '1', -1, Number.NaN],
  ],
  queue: [
    [0, 50, Number.POSITIVE_INFINITY],
    [1.5, '1', -1, Number.NaN],
  ],
  errorBackoff: [
    [0, '30s'],
    ['31s', -1, null, Number.POSITIVE_INFINITY],
  ],
  tiers: [
    [['memory'], ['redis'], ['redis', 'memory']],
    [[], ['disk'], ['memory', 'memory'], 'memory', null],
  ],
  consistency: [
    ['bounded', 'strict'],
    ['', 'eventual', null],
  ],
  isolation: [
    ['freeze', 'copy', 'share'],
    ['', 'clone', null],
  ],
  maxValueBytes: [
    [1, 1_000],
    [0, -1, 1.5, '1', Number.POSITIVE_INFINITY],
  ],
  compressAbove: [
    [0, 1_000, false],
    [true, -1, 1.5, '1'],
  ],
  scope: [[callback], ['tenant', null]],
  enabled: [
    [true, false],
    [0, 'no', null],
  ],
}

const CLASS = {
  namespace: [
    ['users', '__proto__', 'ü'],
    ['', 1, null],
  ],
  ...SHARED,
}

const CACHED = {
  ...SHARED,
  entry: [['profile'], ['', 1]],
  key: [[callback], ['id', null]],
  tags: [
    [[], ['a'], callback],
    ['a', [''], [1], null],
  ],
  condition: [[callback], [true, null]],
  unless: [[callback], [true, null]],
}

const REFERENCE = [
  ['profile', [Users, 'profile']],
  ['', 1, [Users], [Users, ''], ['Users', 'a']],
]
const FUNCTION = [[callback], [1, 'a', null]]

const PUT = {
  entry: REFERENCE,
  key: FUNCTION,
  value: FUNCTION,
  condition: FUNCTION,
  unless: FUNCTION,
  scope: FUNCTION,
}

const EVICT = {
  entry: REFERENCE,
  key: FUNCTION,
  keys: FUNCTION,
  tags: [
    [['a'], callback],
    ['a', [1], null],
  ],
  all: [[true], [false, 1]],
  beforeInvocation: [
    [true, false],
    [1, null],
  ],
  condition: FUNCTION,
  scope: FUNCTION,
}

const MANY = {
  entry: REFERENCE,
  ids: [
    [0, 1],
    [-1, 0.5, '0'],
  ],
  returns: [
    ['list', 'map', 'record'],
    ['set', null],
  ],
  keyOf: FUNCTION,
  idOf: FUNCTION,
  missing: [
    ['undefined', 'null', 'skip'],
    ['none', null],
  ],
  condition: FUNCTION,
  scope: FUNCTION,
}

const WARM = {
  arguments: [
    [[], [['a']], new Set(), callback, stream()],
    [1, 'abc', null, {}],
  ],
  name: [['users'], ['']],
  concurrency: [
    [1, 8],
    [0, 1.5, Number.POSITIVE_INFINITY],
  ],
  rate: [
    [0.5, 100],
    [0, -1, '5', Number.POSITIVE_INFINITY, Number.NaN],
  ],
  priority: [
    [0, -1, 1.5],
    ['1', Number.NaN],
  ],
  timeout: [
    [1, '5s'],
    [0, 'x'],
  ],
  critical: [[true, false], [1]],
  every: [
    [1, '5m'],
    [0, 'x'],
  ],
  cron: [['0 * * * *'], ['', 1]],
}

for (const [name, valid, table, required] of [
  ['entries', validEntryOptions, SHARED, {}],
  ['@CacheConfig', validClassOptions, CLASS, {}],
  ['@Cached', validCachedOptions, CACHED, {}],
  ['@CachePut', validPutOptions, PUT, { entry: 'profile' }],
  ['@CacheEvict', validEvictOptions, EVICT, {}],
  ['@CachedMany', validManyOptions, MANY, { entry: 'profile' }],
  ['@Warm', validWarmOptions, WARM, { arguments: [] }],
] as const) {
  describe(`The options of ${name}`, () => {
    for (const [option, [right = [], wrong = []]] of Object.entries(table)) {
      it(`take for ${option} what it can hold, and nothing else`, () => {
        for (const value of right) {
          const options = { ...required, [option]: value }
          expect(valid(options, 'Users.find')).to.deep.equal(options)
        }
        for (const value of wrong) {
          expect(
            () => valid({ ...required, [option]: value }, 'Users.find'),
            String(value),
          ).to.throw(CacheConfigurationError, `Users.find: ${option}`)
        }
      })
    }

    it('are a frozen copy of what was given, in which undefined means not given', () => {
      const options = { ...required, scope: undefined, timeout: undefined, condition: undefined }
      const known = Object.fromEntries(Object.entries(options).filter(([key]) => key in table))
      const checked = valid(known, 'Users.find')
      expect(checked).to.deep.equal(known)
      expect(checked).not.to.equal(known)
      expect(checked).to.be.frozen
    })

    it('are an object', () => {
      for (const value of [null, 1, 'ttl', [], callback]) {
        expect(() => valid(value, 'Users.find')).to.throw('Users.find: expected an object')
      }
    })

    it('S11: know no names but their own', () => {
      for (const option of ['constructor', 'toString', '__proto__', 'x']) {
        const options: unknown = JSON.parse(`{ "${option}": 1 }`)
        expect(() => valid(options, 'Users.find'), option).to.throw(
          `Users.find: ${option}: expected`,
        )
      }
    })
  })
}

describe('A misspelt option', () => {
  it('is told the name that is probably meant', () => {
    for (const [written, meant] of [
      ['tll', 'ttl'],
      ['TTL', 'ttl'],
      ['staleWhileRevalidat', 'staleWhileRevalidate'],
      ['name_space', 'namespace'],
      ['scoop', 'scope'],
    ]) {
      const options = { [String(written)]: 1 }
      expect(() => validClassOptions(options, 'Users')).to.throw(`(is it ${String(meant)}?)`)
    }
  })

  it('is told all names when none is close', () => {
    expect(() => validEntryOptions({ expires: 1 }, 'Users')).to.throw('version, ttl,')
  })
})

describe('The options of one decorator', () => {
  it('must say which entry is filled, and with which arguments one is warmed', () => {
    expect(() => validPutOptions({}, 'Users.rename')).to.throw('Users.rename: entry: expected')
    expect(() => validManyOptions({}, 'Users.profiles')).to.throw('Users.profiles: entry: expected')
    expect(() => validWarmOptions({}, 'Users.profile')).to.throw('Users.profile: arguments: exp')
  })

  it('say one thing that is evicted', () => {
    const several = { key: callback, tags: ['a'] }
    expect(() => validEvictOptions(several, 'Users.remove')).to.throw(
      'Users.remove: key, tags: expected only one of them',
    )
  })

  it('name no entry and no scope with tags, which go wherever they are', () => {
    const tags = ['a']
    expect(() => validEvictOptions({ tags, entry: 'profile' }, 'Users.remove')).to.throw('entry: ')
    expect(() => validEvictOptions({ tags, scope: callback }, 'Users.remove')).to.throw('scope: ')
  })

  it('clear an entry, a scope or a namespace, and not one scope of one entry', () => {
    const all = true as const
    for (const options of [{ all }, { all, entry: 'profile' }, { all, scope: callback }]) {
      expect(validEvictOptions(options, 'Users.reset')).to.deep.equal(options)
    }
    const both = { all, entry: 'profile', scope: callback }
    expect(() => validEvictOptions(both, 'Users.reset')).to.throw('Users.reset: scope: expected')
  })

  it('repeat a warm-up by one kind of schedule', () => {
    const both = { arguments: [], every: '5m', cron: '* * * * *' }
    expect(() => validWarmOptions(both, 'Users.profile')).to.throw('Users.profile: cron: expected')
  })
})

async function* stream(): AsyncGenerator<unknown[]> {
  yield ['1']
}
