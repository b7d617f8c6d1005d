import { expect } from 'chai'

import type { CachedOptions } from '../../src/options/cached-options.js'
import { DEFAULT_ENTRY_OPTIONS } from '../../src/options/default-entry-options.js'
import { type EntryIdentity, resolveEntryPolicy } from '../../src/options/resolve-entry-policy.js'

const IDENTITY: EntryIdentity = {
  label: 'Users.profile',
  namespace: 'users',
  version: 2,
  entry: 'profile',
}

describe('resolveEntryPolicy', () => {
  it('is what the documentation says when nobody says anything', () => {
    expect(resolveEntryPolicy(IDENTITY)).to.deep.equal({
      label: 'Users.profile',
      namespace: 'users',
      version: '2',
      entry: 'profile',
      ttl: 300_000,
      negativeTtl: undefined,
      jitter: 0.1,
      staleWhileRevalidate: 0,
      staleIfError: 0,
      refreshAhead: 0,
      softTimeout: Number.POSITIVE_INFINITY,
      hardTimeout: 30_000,
      concurrency: Number.POSITIVE_INFINITY,
      queue: 1_000,
      errorBackoff: 0,
      useMemory: true,
      useRedis: true,
      consistency: 'bounded',
      isolation: 'freeze',
      maxValueBytes: 1_048_576,
      compressAbove: 8_192,
      tags: undefined,
      unless: undefined,
    })
    expect(DEFAULT_ENTRY_OPTIONS).to.include({ version: 1, enabled: true })
  })

  it('lays the class over the cache, the method over the class, a configuration over all', () => {
    const { ttl, jitter, staleIfError, refreshAhead, isolation } = resolveEntryPolicy(
      IDENTITY,
      { ttl: '1s', jitter: 0.2, staleIfError: '1m', refreshAhead: 0.5 },
      { ttl: '2s', jitter: 0.3, staleIfError: '2m' },
      { ttl: '3s', jitter: 0.4 },
      { ttl: '4s' },
    )
    expect({ ttl, jitter, staleIfError, refreshAhead, isolation }).to.deep.equal({
      ttl: 4_000,
      jitter: 0.4,
      staleIfError: 120_000,
      refreshAhead: 0.5,
      isolation: 'freeze',
    })
  })

  it('takes the soft and the hard timeout from whoever says them', () => {
    const policy = resolveEntryPolicy(
      IDENTITY,
      { timeout: { soft: '1s', hard: '9s' } },
      { timeout: { hard: '5s' } },
    )
    expect(policy).to.include({ softTimeout: 1_000, hardTimeout: 5_000 })
  })

  it('takes what a layer sets to undefined as not said', () => {
    const silent = { ttl: undefined, timeout: undefined } as unknown as CachedOptions
    expect(resolveEntryPolicy(IDENTITY, { ttl: '1s' }, silent)).to.include({ ttl: 1_000 })
  })

  it('turns false into what the engine knows: nothing stored, nothing compressed', () => {
    const policy = resolveEntryPolicy(IDENTITY, { negativeTtl: false, compressAbove: false })
    expect(policy).to.include({ negativeTtl: 0, compressAbove: Number.POSITIVE_INFINITY })
    expect(resolveEntryPolicy(IDENTITY, { negativeTtl: '10s' })).to.include({ negativeTtl: 10_000 })
  })

  it('turns the tiers into one answer each', () => {
    expect(resolveEntryPolicy(IDENTITY, { tiers: ['memory'] })).to.include({
      useMemory: true,
      useRedis: false,
    })
    expect(resolveEntryPolicy(IDENTITY, { tiers: ['redis'] })).to.include({
      useMemory: false,
      useRedis: true,
    })
  })

  it('gives callbacks the result first, then the arguments', () => {
    const seen: unknown[] = []
    const { ttl, tags, unless } = resolveEntryPolicy(IDENTITY, {
      ttl: (...received: unknown[]) => (seen.push(received), '2s'),
      tags: (...received: unknown[]) => (seen.push(received), ['a']),
      unless: (...received: unknown[]) => (seen.push(received), true),
    })
    expect(typeof ttl === 'function' && ttl('result', ['1', '2'])).to.equal(2_000)
    expect(tags?.('result', ['1', '2'])).to.deep.equal(['a'])
    expect(unless?.('result', ['1', '2'])).to.equal(true)
    const received = ['result', '1', '2']
    expect(seen).to.deep.equal([received, received, received])
  })

  it('gives fixed tags to every result, as they were when they were given', () => {
    const given = ['a', 'b']
    const { tags } = resolveEntryPolicy(IDENTITY, { tags: given })
    given.push('c')
    expect(tags?.(undefined, [])).to.deep.equal(['a', 'b'])
  })

  it('throws when a callback returns what is no duration, or no list of texts', () => {
    const { ttl, tags } = resolveEntryPolicy(IDENTITY, {
      ttl: () => 'soon' as never,
      tags: () => ['a', undefined] as never,
    })
    expect(() => typeof ttl === 'function' && ttl(1, [])).to.throw('Users.profile: ttl: expected')
    expect(() => tags?.(1, [])).to.throw(
      'Users.profile: tags: expected a list of non-empty strings',
    )
  })

  it('takes what @CacheConfig says, whose namespace the identity holds already', () => {
    const classOptions = { namespace: 'other', ttl: '1s' } as const
    expect(resolveEntryPolicy(IDENTITY, classOptions)).to.include({
      namespace: 'users',
      ttl: 1_000,
    })
  })

  it('is frozen', () => {
    expect(resolveEntryPolicy(IDENTITY)).to.be.frozen
  })

  for (const [what, options, message] of [
    ['strict reads without Redis', { tiers: ['memory'], consistency: 'strict' }, 'consistency: '],
    [
      'a soft timeout that is not below',
      { timeout: { soft: '30s' } },
      'timeout.soft: expected a duration below timeout.hard',
    ],
    ['staleness of nothing', { ttl: 0, staleWhileRevalidate: '1m' }, 'ttl: expected a duration ab'],
    ['stale errors of nothing', { ttl: 0, staleIfError: '1m' }, 'ttl: expected a duration above'],
    ['a refresh of nothing', { ttl: 0, refreshAhead: 0.5 }, 'ttl: expected a duration above zero'],
    ['an option that does not exist', { tll: '1m' }, 'tll: expected an option that exists'],
    ['a value that cannot be', { jitter: 2 }, 'jitter: expected a fraction from 0 to 1, got 2'],
  ] as const) {
    it(`refuses ${what}, whichever layers it comes from, and names the entry`, () => {
      const layers: CachedOptions[] = Object.entries(options).map(([name, value]) => ({
        [name]: value,
      }))
      expect(() => resolveEntryPolicy(IDENTITY, ...layers)).to.throw(`Users.profile: ${message}`)
    })
  }

  it('keeps nothing where the ttl is zero and nothing else is asked', () => {
    expect(resolveEntryPolicy(IDENTITY, { ttl: 0 })).to.include({ ttl: 0 })
  })
})
