import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'

@CacheConfig({ namespace: 'words' })
class Words {
  loads = 0

  @Cached({ key: (word: string) => word.toLowerCase() })
  async keyed(_word: string, _trace?: string): Promise<number> {
    return ++this.loads
  }

  @Cached({ condition: (word: string) => word !== 'draft' })
  async conditional(_word: string): Promise<number> {
    return ++this.loads
  }

  @Cached({ unless: (_loaded: number, word: string) => word === 'draft' })
  async unlessDraft(_word: string): Promise<number> {
    return ++this.loads
  }

  @Cached({ ttl: (_loaded: number, word: string) => (word === 'short' ? 1_000 : 60_000) })
  async computed(_word: string): Promise<number> {
    return ++this.loads
  }

  @Cached({ entry: 'a name of its own' })
  async renamed(_word: string): Promise<number> {
    return ++this.loads
  }

  @Cached({ scope: (_word: string, language: string) => language })
  async scoped(word: string, language: string): Promise<string> {
    this.loads += 1
    return `${word} in ${language}`
  }

  @CachedMany({ entry: 'scoped', condition: (words: readonly string[]) => words.length < 3 })
  async few(words: readonly string[], language: string): Promise<string[]> {
    this.loads += 1
    return words.map((word) => `${word} in ${language}`)
  }

  @CachedMany({ entry: 'scoped', scope: () => 'French' })
  async french(words: readonly string[], _language: string): Promise<string[]> {
    this.loads += 1
    return words.map((word) => `${word} in French`)
  }
}

describe('@Cached', () => {
  const made = (): ReturnType<typeof createTestCache> & { words: Words } => {
    const given = createTestCache()
    return { ...given, words: given.cache.weave(new Words()) }
  }

  it('takes as one call what `key` says is one', async () => {
    const { words } = made()
    expect(await words.keyed('Word', 'a')).to.equal(1)
    expect(await words.keyed('word', 'b')).to.equal(1)
    expect(await words.keyed('other')).to.equal(2)
  })

  it('neither reads nor stores where `condition` does not hold, and counts it', async () => {
    const { cache, words } = made()
    expect(await words.conditional('draft')).to.equal(1)
    expect(await words.conditional('draft')).to.equal(2)
    expect(await words.conditional('final')).to.equal(3)
    expect(await words.conditional('final')).to.equal(3)
    expect(cache.stats().total).to.include({ bypassed: 2, misses: 1 })
  })

  it('hands on and does not store what `unless` says of result and arguments', async () => {
    const { words } = made()
    expect(await words.unlessDraft('draft')).to.equal(1)
    expect(await words.unlessDraft('draft')).to.equal(2)
    expect(await words.unlessDraft('final')).to.equal(3)
    expect(await words.unlessDraft('final')).to.equal(3)
  })

  it('keeps a result for as long as `ttl` makes of result and arguments', async () => {
    const { clock, words } = made()
    await words.computed('short')
    await words.computed('long')
    await clock.advance(1_001)
    expect(await words.computed('long')).to.equal(2)
    expect(await words.computed('short')).to.equal(3)
    await clock.advance(60_000)
    expect(await words.computed('long')).to.equal(4)
  })

  it('has the name that `entry` gives it', async () => {
    const { cache, words } = made()
    await words.renamed('word')
    expect(Object.keys(cache.stats().entries)).to.include('words/a name of its own')
  })

  it('I27: keeps apart what `scope` says, also from lists that say another', async () => {
    const { words } = made()
    expect(await words.scoped('word', 'German')).to.equal('word in German')
    expect(await words.few(['word'], 'German')).to.deep.equal(['word in German'])
    expect(words.loads).to.equal(1)
    expect(await words.few(['word'], 'Greek')).to.deep.equal(['word in Greek'])
    expect(await words.french(['word'], 'German')).to.deep.equal(['word in French'])
    expect(await words.scoped('word', 'German')).to.equal('word in German')
    expect(words.loads).to.equal(3)
  })

  it('has lists bypass the cache for which their `condition` does not hold', async () => {
    const { words } = made()
    const three = ['a', 'b', 'c']
    await words.few(three, 'German')
    await words.few(three, 'German')
    expect(words.loads).to.equal(2)
    await words.scoped('a', 'German')
    expect(words.loads).to.equal(3)
  })
})
