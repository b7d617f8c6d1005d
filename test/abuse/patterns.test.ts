import { expect } from 'chai'

import { CachesOnRedis } from '../failures/caches-on-redis.js'
import { seededRandom } from '../support/random.js'
import { hasNestedRepetition, hostileTexts, type Pattern, patternsOfSource } from './patterns.js'

/** `npm run test:faults` takes twenty times as many, and their time. */
const TEXTS = 5_000

/** As long as one may be. */
const NAMESPACE = 'a*'.repeat(50)

describe('Patterns', function () {
  this.timeout(60_000)

  describe('of our own', () => {
    let patterns: Pattern[] = []
    let dynamic: string[] = []

    before(async () => {
      ;({ patterns, dynamic } = await patternsOfSource())
    })

    it('S43: are written down, none is put together from what somebody sends', () => {
      expect(patterns).to.have.length.above(30)
      expect(dynamic).to.deep.equal([])
    })

    it('S43: repeat nothing that repeats, so that none takes exponential time', () => {
      for (const { file, expression } of patterns) {
        expect(hasNestedRepetition(expression), `${file}: ${expression.source}`).to.equal(false)
      }
      const bad = [/(a+)+$/, /(?:a|b*)*c/, /((x{2,})y?){3,}/, /(?:[^)]+\)?)+/]
      expect(bad.map((expression) => hasNestedRepetition(expression))).to.not.include(false)
      const good = [/(a+)b/, /(?:ab)+/, /\(a+\)+/, /[(a+)]+/, /(?:a+)?/]
      expect(good.map((expression) => hasNestedRepetition(expression))).to.not.include(true)
    })

    it('S43: come to an end with 5,000 texts each that are made to be hard for them', () => {
      const random = seededRandom(43)
      for (const { expression } of patterns) {
        let searched = 0
        for (const text of hostileTexts(expression, TEXTS, random)) {
          expression.lastIndex = 0
          expression.test(text)
          searched += 1
        }
        expect(searched).to.equal(TEXTS)
      }
    })
  })

  describe('of Redis', () => {
    const caches = new CachesOnRedis()

    before(() => caches.start())
    afterEach(() => caches.close())
    after(() => caches.stop())

    it('S5: 100 kB of a*a*a*… as key, tag, scope and namespace is a name, and never a pattern', async () => {
      const bomb = 'a*'.repeat(50_000)
      const cache = await caches.ready({ memory: false })
      const other = await caches.ready({ memory: false })
      await caches.server.ask('CONFIG', 'RESETSTAT')
      expect(() => cache.namespace(bomb)).to.throw('expected a text of 1 to 100 characters')
      // As a pattern each of the names would mean this one, too.
      const meant = 'a'.repeat(100)
      await cache.namespace(meant).set(meant, meant, { tags: [meant], scope: meant })
      for (const name of [bomb, `${bomb}a`]) {
        const options = { tags: [name], scope: name }
        const read = (from: typeof cache): Promise<string | undefined> =>
          from.namespace(NAMESPACE).get(name, { scope: name })
        const rows = cache.namespace(NAMESPACE)
        const ways = [
          () => rows.delete(name, { scope: name }),
          () => cache.invalidateTags([name]),
          () => rows.clearScope(name),
          () => rows.clear(),
        ]
        for (const evict of ways) {
          await rows.set(name, name, options)
          expect(await read(other)).to.equal(name)
          expect((await evict()).durable).to.equal(true)
          expect(await read(other)).to.equal(undefined)
        }
      }
      expect(await other.namespace(meant).get(meant, { scope: meant })).to.equal(meant)
      const statistics = String(await caches.server.ask('INFO', 'commandstats'))
      expect(statistics).to.match(/cmdstat_eval:/)
      expect(statistics).not.to.match(/cmdstat_(?:keys|scan|[hsz]scan|psubscribe|sort)\b/)
    })
  })
})
