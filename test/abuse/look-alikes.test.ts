import { expect } from 'chai'

import { KINDS, Stage } from '../coherence/stage.js'

/** Texts that are taken for one another, by people, by UTF-8, or by who normalises. */
const ALIKE = [
  '\ud800',
  '\udc00',
  '\ufffd',
  '\u00e9',
  'e\u0301',
  '\u212b',
  '\u00c5',
  'A\u030a',
  'a',
  '\u0430',
  'a\u200b',
  'a\u00ad',
  '\ufeffa',
  'a ',
  'a\u00a0',
  'A',
  'ﬁ',
  'fi',
  '',
  '\u0000',
]

for (const kind of KINDS) {
  describe(`Texts that look alike (${kind})`, () => {
    const stage = new Stage()

    before(() => stage.open())

    beforeEach(() => stage.next())

    after(() => stage.close())

    it('S10, E15: are keys apart, in memory and in Redis, short and long', async () => {
      const actor = await stage.one(kind)
      const texts = ALIKE.flatMap((text) => [text, text + 'x'.repeat(200)])
      let loads = 0
      const read = (): Promise<string[]> =>
        Promise.all(
          texts.map((text) =>
            actor.rows.getOrLoad(text, async () => {
              loads += 1
              return `of ${text}`
            }),
          ),
        )
      const expected = texts.map((text) => `of ${text}`)
      expect(await read()).to.deep.equal(expected)
      await actor.settled()
      expect(await read()).to.deep.equal(expected)
      if (kind !== 'memory only') {
        actor.parts.memory.clear()
        expect(await read()).to.deep.equal(expected)
      }
      expect(loads).to.equal(texts.length)
    })

    it('S10, E15: are scopes and tags apart', async () => {
      const actor = await stage.one(kind)
      const names = ALIKE.filter((text) => text !== '')
      const options = (name: string) => ({ scope: name, tags: [`${stage.scene}:${name}`] })
      for (const name of names) await actor.rows.set('key', name, options(name))
      for (const name of names) {
        expect(await actor.rows.get('key', { scope: name })).to.equal(name)
      }
      const [gone = '', ...others] = names
      await actor.cache.invalidateTags([`${stage.scene}:${gone}`])
      expect(await actor.rows.get('key', { scope: gone })).to.equal(undefined)
      for (const name of others) {
        expect(await actor.rows.get('key', { scope: name }), name).to.equal(name)
      }
      const [second = '', ...rest] = others
      await actor.rows.clearScope(second)
      expect(await actor.rows.get('key', { scope: second })).to.equal(undefined)
      for (const name of rest) {
        expect(await actor.rows.get('key', { scope: name }), name).to.equal(name)
      }
    })
  })
}
