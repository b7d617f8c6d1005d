import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { returning } from '../support/returning.js'
import { type Actor, KINDS, Stage } from './stage.js'

@CacheConfig({ namespace: 'articles' })
class Articles {
  loads = 0

  @Cached()
  async article(id: string): Promise<string> {
    this.loads += 1
    return `${id} loaded ${this.loads}`
  }

  @Cached({ scope: (reader: string) => reader, key: (_reader: string, id: string) => id })
  async marked(reader: string, id: string): Promise<string> {
    this.loads += 1
    return `${id} of ${reader}, loaded ${this.loads}`
  }
}

/** What Redis holds for another process counts as well, so each read is made by one that has no memory of it. */
for (const kind of KINDS) {
  describe(`By hand (${kind})`, () => {
    const stage = new Stage()
    let actor: Actor
    /** Who reads: another process where there is Redis. */
    let reader: Actor

    before(() => stage.open())

    beforeEach(async () => {
      stage.next()
      actor = await stage.one(kind)
      reader = kind === 'memory only' ? actor : (await stage.pair(kind))[1]
    })

    after(() => stage.close())

    const settled = (): Promise<void> => actor.settled()

    describe('a namespace', () => {
      it('finds what was set, and tells it from what was not, undefined included', async () => {
        await actor.rows.set('nothing', undefined)
        await actor.rows.set('key', { deep: [1] })
        await settled()
        expect(await reader.rows.get('key')).to.deep.equal({ deep: [1] })
        expect(await reader.rows.has('nothing')).to.equal(true)
        expect(await reader.rows.has('none')).to.equal(false)
        expect(await reader.rows.get('none')).to.equal(undefined)
        const pairs = [...(await reader.rows.getMany(['none', 'nothing', 'key']))]
        expect(pairs).to.deep.equal([
          ['nothing', undefined],
          ['key', { deep: [1] }],
        ])
      })

      it('keeps a value for the ttl that comes with it', async () => {
        await actor.rows.set('set', 1, { ttl: '7m' })
        await actor.rows.setMany(
          [
            ['one', 1],
            ['two', 2],
          ],
          { ttl: '8m' },
        )
        await actor.rows.getOrLoad('loaded', returning(3), { ttl: '9m' })
        await settled()
        for (const [key, minutes] of Object.entries({ set: 7, one: 8, two: 8, loaded: 9 })) {
          const rest = await reader.rows.ttl(key)
          // A tenth is taken off at random, and what the test took.
          expect(rest, key).to.be.within(minutes * 50_000, minutes * 60_000)
        }
        expect(await reader.rows.ttl('none')).to.equal(undefined)
      })

      it('I7: loses what has a tag, whichever way that came', async () => {
        const tag = `${stage.scene}:tag`
        await actor.rows.set('set', 1, { tags: [tag] })
        await actor.rows.getOrLoad('loaded', returning(1), { tags: ['another', tag] })
        const reservation = await actor.rows.reserve('reserved', { tags: [tag] })
        await reservation.commit(1)
        await actor.rows.set('untagged', 1)
        await settled()
        await actor.cache.invalidateTags([tag])
        for (const key of ['set', 'loaded', 'reserved']) {
          expect(await actor.rows.get(key), key).to.equal(undefined)
        }
        expect(await actor.rows.get('untagged')).to.equal(1)
      })

      it('I27: keeps scopes apart in all that it does, and clears one of them', async () => {
        const red = { scope: `${stage.scene}:red` }
        const blue = { scope: `${stage.scene}:blue` }
        await actor.rows.set('key', 'red', red)
        await actor.rows.getOrLoad('key', returning('blue'), blue)
        await actor.rows.setMany([['more', 'red']], red)
        await settled()
        expect(await actor.rows.get('key', red)).to.equal('red')
        expect(await actor.rows.get('key', blue)).to.equal('blue')
        expect(await actor.rows.has('key')).to.equal(false)
        expect((await actor.rows.getMany(['key', 'more'], blue)).size).to.equal(1)
        await actor.rows.delete('key', blue)
        expect(await actor.rows.has('key', blue)).to.equal(false)
        expect(await actor.rows.has('key', red)).to.equal(true)
        await actor.rows.set('key', 'blue', blue)
        await actor.rows.clearScope(red.scope)
        expect((await actor.rows.getMany(['key', 'more'], red)).size).to.equal(0)
        expect(await actor.rows.get('key', blue)).to.equal('blue')
      })

      it('I1: loses what is deleted, one by one, many at once, and all', async () => {
        await actor.rows.setMany(['a', 'b', 'c', 'd'].map((key) => [key, key]))
        await settled()
        await actor.rows.delete('a')
        expect([...(await actor.rows.getMany(['a', 'b', 'c', 'd'])).keys()].join('')).to.equal(
          'bcd',
        )
        await actor.rows.deleteMany(new Set(['b', 'none', 'c']))
        expect([...(await actor.rows.getMany(['a', 'b', 'c', 'd'])).keys()].join('')).to.equal('d')
        await actor.rows.clear()
        expect((await actor.rows.getMany(['a', 'b', 'c', 'd'])).size).to.equal(0)
      })
    })

    describe('the handle of a method', () => {
      let articles: Articles
      const weave = (): Articles => {
        articles = actor.cache.weave(new Articles())
        return articles
      }
      const id = (): string => `${stage.scene}:1`

      it('gets, puts, evicts and refreshes what the method is answered with', async () => {
        const handle = actor.cache.entryOf(weave(), 'article')
        expect(await handle.get(id())).to.equal(`${id()} loaded 1`)
        await handle.put([id()], 'put')
        expect(await articles.article(id())).to.equal('put')
        await handle.evict(id())
        expect(await articles.article(id())).to.equal(`${id()} loaded 2`)
        expect(await handle.refresh(id())).to.equal(`${id()} loaded 3`)
        await settled()
        expect(await articles.article(id())).to.equal(`${id()} loaded 3`)
      })

      it('I6: evicts all of its entry, in every scope, and nothing of another one', async () => {
        weave()
        const marked = actor.cache.entryOf(articles, 'marked')
        await articles.article(id())
        await articles.marked('ada', id())
        await articles.marked('eva', id())
        await settled()
        await marked.evictAll()
        await articles.article(id())
        expect(articles.loads).to.equal(3)
        await articles.marked('ada', id())
        await articles.marked('eva', id())
        expect(articles.loads).to.equal(5)
      })

      it('I27: evicts and puts in the scope of its arguments', async () => {
        const marked = actor.cache.entryOf(weave(), 'marked')
        await marked.put(['ada', id()], 'put')
        expect(await marked.get('ada', id())).to.equal('put')
        expect(await marked.get('eva', id())).to.equal(`${id()} of eva, loaded 1`)
        await marked.evict('ada', id())
        await marked.get('eva', id())
        await marked.get('ada', id())
        expect(articles.loads).to.equal(2)
      })

      it('names each key as it is called in Redis', async () => {
        weave()
        const handle = actor.cache.entryOf(articles, 'article')
        const names = [handle.keyOf(id()), handle.keyOf('2'), handle.keyOf((() => 1) as never)]
        expect(new Set(names)).to.have.property('size', 3)
        expect(names[2]).to.equal(undefined)
        if (kind === 'memory only') return
        await handle.get(id())
        await settled()
        expect(await stage.server.ask('TYPE', names[0] ?? '')).to.equal('hash')
      })
    })
  })
}
