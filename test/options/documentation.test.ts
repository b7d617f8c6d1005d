import { readFileSync } from 'node:fs'

import { expect } from 'chai'

import { DEFAULT_ENTRY_OPTIONS } from '../../src/options/default-entry-options.js'
import {
  validCachedOptions,
  validClassOptions,
  validEntryOptions,
  validEvictOptions,
  validManyOptions,
  validPutOptions,
  validWarmOptions,
} from '../../src/options/validate-options.js'

const PAGE = readFileSync('docs/decorators.md', 'utf8')
const SHARED = 'Options of every entry'

describe('docs/decorators.md', () => {
  it('gives every shared option its default', () => {
    const defaults = new Map<string, unknown>(Object.entries(DEFAULT_ENTRY_OPTIONS))
    for (const [option, documented] of tableOf(SHARED)) {
      const value = defaults.get(option)
      if (value === undefined) continue
      expect(documented, option).to.equal(`\`${written(value)}\``)
      defaults.delete(option)
    }
    expect([...defaults.keys()]).to.deep.equal([])
  })

  for (const [section, valid] of [
    [SHARED, validEntryOptions],
    ['`@CachedMany`', validManyOptions],
    ['`@CachePut`', validPutOptions],
    ['`@CacheEvict`', validEvictOptions],
    ['`@Warm`', validWarmOptions],
  ] as const) {
    it(`lists the options there are, under ${section}`, () => {
      expect([...tableOf(section).keys()]).to.deep.equal(optionsKnownTo(valid))
    })
  }

  it('lists the options there are, under `@CacheConfig`', () => {
    const listed = [...tableOf('`@CacheConfig`').keys(), ...tableOf(SHARED).keys()]
    expect(listed).to.deep.equal(optionsKnownTo(validClassOptions))
  })

  it('lists the options there are, under `@Cached`', () => {
    const listed = [...tableOf(SHARED).keys(), ...tableOf('`@Cached`').keys()]
    expect(listed).to.deep.equal(optionsKnownTo(validCachedOptions))
  })

  it('shows code that compiles', () => {
    const compiled = readFileSync('test/types/documented.ts', 'utf8')
    const blocks = [...PAGE.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
    expect(blocks).to.have.length(2)
    for (const code of blocks) expect(compiled).to.include(code)
  })
})

/** The default of each option in the table of a section. */
function tableOf(section: string): Map<string, string> {
  const [, text = ''] = PAGE.split(`\n## ${section}\n`)
  const [body = ''] = text.split('\n## ')
  const rows = [...body.matchAll(/^\| `(\w+)` \|.*\| ([^|]+) \|$/gm)]
  return new Map(rows.map(([, option = '', standard = '']) => [option, standard]))
}

/** What the library itself says the options are, when it is given one that does not exist. */
function optionsKnownTo(valid: (options: unknown, label: string) => unknown): string[] {
  try {
    valid({ thereIsNoSuchOption: 1 }, 'Users')
  } catch (error) {
    const [, names = ''] = /exists: (.*)$/.exec(String(error)) ?? []
    return names.split(', ')
  }
  return []
}

/** A value as the documentation writes it. */
function written(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([name, held]) => `${name}: ${written(held)}`)
  return `{ ${fields.join(', ')} }`
}
