import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'

import { expect } from 'chai'

import * as main from '../../src/index.js'
import * as inversify from '../../src/inversify.js'
import * as prometheus from '../../src/prometheus.js'
import * as testing from '../../src/testing.js'
import { freshPrefix, redisUrl } from '../support/redis.js'

const PAGE = readFileSync('docs/api.md', 'utf8')

/** Members that a user has nothing to do with. */
const INTERNAL = new Set([
  'constructor',
  ...['cache', 'entry-handle', 'namespace'].flatMap(internal),
])

describe('docs/api.md', () => {
  it('lists the values and the types that cachewright exports', () => {
    expect(namesIn('Functions, decorators, classes')).to.have.members(Object.keys(main))
    expect(namesIn('Types')).to.have.members(typesOf('index'))
  })

  for (const [name, exported] of Object.entries({ inversify, prometheus, testing })) {
    it(`lists what cachewright/${name} exports`, () => {
      const expected = [...Object.keys(exported), ...typesOf(name)]
      expect(namesIn(`\`cachewright/${name}\``)).to.have.members(expected)
    })
  }

  it('lists the members of every class', () => {
    const { Cache, CacheNamespace, EntryHandle, WarmupRunner } = main
    const { FakeClock, RecordingObserver } = testing
    const cache = main.createCache()
    const instances: Readonly<Record<string, object>> = {
      WarmupRunner: new WarmupRunner(cache, () => []),
      RecordingObserver: new RecordingObserver(),
    }
    for (const { name, prototype } of [
      Cache,
      CacheNamespace,
      EntryHandle,
      WarmupRunner,
      FakeClock,
      RecordingObserver,
    ]) {
      const own = Object.keys(instances[name] ?? {})
      const members = [...Object.getOwnPropertyNames(prototype), ...own]
      const expected = members.filter((member) => !INTERNAL.has(member))
      expect(namesIn(`\`${name}\``), name).to.have.members(expected)
    }
    return cache.close()
  })

  it('lists every error with its code', () => {
    const rows = rowsIn('Errors').map((cells) => cells.slice(0, 2).flatMap(namesOf))
    const errors = [
      new main.CacheConfigurationError('', ''),
      new main.CacheDeclarationError(''),
      new main.CacheWeavingError(''),
      new main.CacheInvalidationError(1),
      new main.CacheLoadTimeoutError('', 1),
      new main.CacheLoadRejectedError('', 1),
    ]
    expect(rows).to.have.deep.members(errors.map(({ name, code }) => [name, code]))
    const classes = Object.keys(main).filter((name) => /^Cache.+Error$/.test(name))
    expect(rows.map(([name]) => name)).to.have.members(classes)
  })

  it('shows what is printed: the properties and their kinds are those of real ones', async () => {
    const { statistics, ...others } = await printedForReal()
    for (const [section, real] of Object.entries(others)) {
      expect(kindsOf(real), section).to.deep.equal(kindsOf(printedIn(section)))
    }
    const { entries, namespaces: _namespaces, total: _total, ...rest } = statistics
    const entry = Object.values(entries).find(({ namespace }) => namespace === 'users')
    const {
      memoryHitTime: _memory,
      redisHitTime: _redis,
      missTime: _miss,
      ...counts
    } = { ...entry }
    expect(kindsOf(counts)).to.deep.equal(kindsOf(printedIn('`stats()`', 0)))
    expect(kindsOf(rest)).to.deep.equal(kindsOf(printedIn('`stats()`', 1)))
  })
})

/** What the sections of the page that are so called show, of a cache with Redis. */
async function printedForReal() {
  const cache = main.createCache({ prefix: freshPrefix(), redis: redisUrl() })
  expect(await cache.ready('5s')).to.equal(true)
  const users = cache.namespace('users')
  await users.getOrLoad('42', async () => 'Ada')
  await users.getOrLoad('42', async () => 'Ada')
  const printed = {
    '`explain()`': await users.explain('42'),
    '`outcome()`': await cache.outcome(async () => {
      await users.delete('43')
      return 'renamed'
    }),
    '`put()` and `set()`': await users.set('42', 'Eva'),
    '`health()`': await cache.health({ probe: true }),
    statistics: cache.stats(),
  }
  await cache.close()
  return printed
}

/** Counts by reason, of which there may be any. */
const OPEN = new Set(['missReasons', 'logInterruptions', 'failures', 'warnings'])

/** The names in an object, and what kind of thing each holds. */
function kindsOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name, OPEN.has(name) ? 'counts' : kindsOf(held)]),
  )
}

/** The object that a block of a section shows. */
function printedIn(section: string, index = 0): unknown {
  const blocks = [...sectionOf(section).matchAll(/^```js\n(.*?)^```$/gms)]
  const [, code = ''] = blocks[index] ?? []
  return runInNewContext(`(${code.replace(/^\/\/.*\n/, '')})`)
}

/** From its heading to the next one. */
function sectionOf(section: string): string {
  const sections = PAGE.split(/^#+ /m)
  const found = sections.find((text) => text.startsWith(`${section}\n`))
  expect(found, section).not.to.equal(undefined)
  return found ?? ''
}

/** The cells of a section's table, without its head. */
function rowsIn(section: string): string[][] {
  const lines = sectionOf(section).match(/^\| .*$/gm) ?? []
  return lines.slice(2).map((line) => line.split('|').slice(1, -1))
}

/** What stands in backticks: of a signature the name. */
function namesOf(cell: string): string[] {
  return Array.from(cell.matchAll(/`(\w+)[^`]*`/g), ([, name = '']) => name)
}

function namesIn(section: string): string[] {
  return rowsIn(section).flatMap(([first = '']) => namesOf(first))
}

/** What a source file marks as internal. */
function internal(file: string): string[] {
  const source = readFileSync(`src/${file}.ts`, 'utf8')
  const marked = source.matchAll(/@internal(?:(?!\*\/)[^])*\*\/\s+(?:async |get )?(\w+)/g)
  return Array.from(marked, ([, name = '']) => name)
}

/** The types that an entry point exports: nothing at run time tells of them. */
function typesOf(entry: string): string[] {
  const source = readFileSync(`src/${entry}.ts`, 'utf8')
  const lists = Array.from(source.matchAll(/^export type \{([^}]*)\}/gm), ([, list = '']) => list)
  const declared = source.matchAll(/^export (?:interface|type) (\w+)/gm)
  return [
    ...lists.flatMap((list) => list.match(/\w+/g) ?? []),
    ...Array.from(declared, ([, name = '']) => name),
  ]
}
