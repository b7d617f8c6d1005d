import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'
import type { Key } from '../../src/options/entry-options.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'

const TENANT = (tenant: string): string => tenant

@CacheConfig({ namespace: 'files' })
class Files {
  loads = 0

  @Cached({ tags: (_loaded: number, id: string) => [`file:${id}`, 'files'] })
  async file(_id: string): Promise<number> {
    return ++this.loads
  }

  @Cached({ scope: TENANT, key: (_tenant: string, id: string) => id })
  async owned(_tenant: string, _id: string): Promise<number> {
    return ++this.loads
  }

  @CacheEvict({ entry: 'file' })
  async same(_id: string): Promise<void> {}

  @CacheEvict({ entry: 'file', key: (_reason: string, id: string) => id })
  async named(_reason: string, _id: string): Promise<void> {}

  @CacheEvict({ entry: 'file', keys: (ids: Iterable<string>) => ids })
  async several(_ids: Iterable<string>): Promise<void> {}

  @CacheEvict({ tags: (id: string) => [`file:${id}`] })
  async tagged(_id: string): Promise<void> {}

  @CacheEvict({ tags: ['files'] })
  async taggedAll(): Promise<void> {}

  @CacheEvict({ entry: 'file', all: true })
  async entry(): Promise<void> {}

  @CacheEvict({ all: true })
  async namespace(): Promise<void> {}

  @CacheEvict({ all: true, scope: TENANT })
  async tenant(_tenant: string): Promise<void> {}

  @CacheEvict({ entry: 'owned' })
  async ownedSame(_tenant: string, _id: string): Promise<void> {}

  @CacheEvict({
    entry: 'owned',
    key: (id: string): Key => id,
    scope: (_id: string, of: string) => of,
  })
  async ownedBy(_id: string, _of: string): Promise<void> {}

  @CacheEvict({ entry: 'file', condition: (id: string) => id !== 'a' })
  async unlessA(_id: string): Promise<void> {}

  /** Two on one method are one advice. */
  @CacheEvict({ entry: 'file' })
  @CacheEvict({ entry: 'owned', key: (id: string): Key => id, scope: () => 'red' })
  async both(_id: string): Promise<void> {}
}

@CacheConfig({ namespace: 'folders' })
class Folders {
  @CacheEvict({ entry: [Files, 'file'], key: (id: string) => id })
  async file(_id: string): Promise<void> {}
}

/** What is read, by the names of the table below. */
const READS: Record<string, (files: Files) => Promise<number>> = {
  a: (files) => files.file('a'),
  b: (files) => files.file('b'),
  redA: (files) => files.owned('red', 'a'),
  redB: (files) => files.owned('red', 'b'),
  blueA: (files) => files.owned('blue', 'a'),
}

type Evict = (files: Files, cache: Cache) => Promise<void>

const EVICTS: readonly (readonly [string, Evict, readonly string[]])[] = [
  ['nothing but the entry', (files) => files.same('a'), ['a']],
  ['`key`', (files) => files.named('moved', 'a'), ['a']],
  ['`keys`', (files) => files.several(new Set(['b', 'a', 'none'])), ['a', 'b']],
  ['`keys` without one', (files) => files.several([]), []],
  ['`tags` made of arguments', (files) => files.tagged('a'), ['a']],
  ['`tags` that are fixed', (files) => files.taggedAll(), ['a', 'b']],
  ['`all` with `entry`', (files) => files.entry(), ['a', 'b']],
  ['`all`', (files) => files.namespace(), ['a', 'b', 'redA', 'redB', 'blueA']],
  ['`all` with `scope`', (files) => files.tenant('red'), ['redA', 'redB']],
  ['the scope of the entry', (files) => files.ownedSame('red', 'a'), ['redA']],
  ['`scope`', (files) => files.ownedBy('a', 'red'), ['redA']],
  ['a `condition` that holds', (files) => files.unlessA('b'), ['b']],
  ['a `condition` that does not', (files) => files.unlessA('a'), []],
  ['two decorators on one method', (files) => files.both('a'), ['a', 'redA']],
  ['an entry of another class', (_files, cache) => cache.weave(new Folders()).file('a'), ['a']],
]

describe('@CacheEvict', () => {
  for (const [what, evict, expected] of EVICTS) {
    it(`with ${what} takes what it says, and nothing else`, async () => {
      const { cache } = createTestCache()
      const files = cache.weave(new Files())
      for (const read of Object.values(READS)) await read(files)
      await evict(files, cache)
      const gone: string[] = []
      for (const [name, read] of Object.entries(READS)) {
        const { loads } = files
        await read(files)
        if (files.loads > loads) gone.push(name)
      }
      expect(gone).to.deep.equal(expected)
    })
  }
})
