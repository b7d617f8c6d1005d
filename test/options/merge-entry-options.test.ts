import { expect } from 'chai'
import { assert, constant, option, property, record, uniqueArray } from 'fast-check'

import type { CachedOptions } from '../../src/options/cached-options.js'
import { mergeEntryOptions } from '../../src/options/merge-entry-options.js'

const sometimes = <Value>(value: Value) => option(constant(value), { nil: undefined })

/** Layers that tell who said what: each holds its own number everywhere. */
const layer = (mark: number) =>
  record(
    {
      ttl: sometimes(mark),
      jitter: sometimes(mark),
      timeout: sometimes({ soft: mark }),
      staleIfError: sometimes(mark),
    },
    { requiredKeys: [] },
  )

describe('mergeEntryOptions', () => {
  it('is empty when nobody says anything', () => {
    expect(mergeEntryOptions()).to.deep.equal({})
    expect(mergeEntryOptions(undefined, {}, { timeout: {} })).to.deep.equal({ timeout: {} })
  })

  it('does not depend on which layers are laid together first', () => {
    assert(
      property(layer(1), layer(2), layer(3), (first, second, third) => {
        const layers = [first, second, third] as CachedOptions[]
        const [one, two, three] = layers
        const together = mergeEntryOptions(...layers)
        expect(mergeEntryOptions(mergeEntryOptions(one, two), three)).to.deep.equal(together)
        expect(mergeEntryOptions(one, mergeEntryOptions(two, three))).to.deep.equal(together)
      }),
    )
  })

  it('takes each option from the last layer that says it', () => {
    assert(
      property(uniqueArray(layer(1), { maxLength: 1 }), layer(2), ([first = {}], second) => {
        const merged = mergeEntryOptions(first as CachedOptions, second as CachedOptions)
        for (const name of ['ttl', 'jitter', 'staleIfError'] as const) {
          expect(merged[name]).to.equal(second[name] ?? first[name])
        }
      }),
    )
  })

  it('changes none of the layers', () => {
    const layers = [
      Object.freeze({ ttl: 1, timeout: Object.freeze({ soft: 1 }) }),
      Object.freeze({ timeout: Object.freeze({ hard: 2 }) }),
    ]
    expect(mergeEntryOptions(...layers)).to.deep.equal({ ttl: 1, timeout: { soft: 1, hard: 2 } })
  })
})
