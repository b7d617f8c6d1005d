import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

import { expect } from 'chai'

import type { EntryOptions } from '../../src/options/entry-options.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'
import { Row } from './row.js'
import { type Actor, KINDS, Stage } from './stage.js'
import { watch } from './watch.js'

const user = new AsyncLocalStorage<string>()

/** Reads, beside its arguments, who asks. */
@CacheConfig({ namespace: 'inbox' })
class Inbox {
  readonly contents = new Map<string, number>()

  @Cached({ scope: () => user.getStore() })
  async unread(folder: number): Promise<string> {
    const name = user.getStore() ?? ''
    return `${name}:${folder}:${this.contents.get(name) ?? 0}`
  }

  @CacheEvict({ all: true, scope: () => user.getStore() })
  async readAll(): Promise<void> {
    const name = user.getStore() ?? ''
    this.contents.set(name, (this.contents.get(name) ?? 0) + 1)
  }
}

describe('What is kept apart', () => {
  const stage = new Stage()

  before(() => stage.open())

  beforeEach(() => stage.next())

  after(() => stage.close())

  for (const kind of KINDS) {
    it(`I27: two users and 1,000 calls each that take turns never meet (${kind})`, async () => {
      const inbox = (await stage.one(kind)).cache.weave(new Inbox())
      let crossings = 0
      const calls = Array.from({ length: 2_000 }, async (_, index) => {
        const name = index % 2 === 0 ? 'ann' : 'bob'
        const folder = (index >> 1) % 20
        const answer = await user.run(name, () => inbox.unread(folder))
        if (!answer.startsWith(`${name}:${folder}:`)) crossings += 1
      })
      await Promise.all(calls)
      expect(crossings).to.equal(0)
    })
  }

  it('I27, I6: clearing a scope is one command, and leaves the other user what it has', async () => {
    const actor = await stage.one('bounded')
    const inbox = actor.cache.weave(new Inbox())
    const unread = (name: string): Promise<string> => user.run(name, () => inbox.unread(1_000))
    await Promise.all([unread('ann'), unread('bob')])
    await actor.settled()
    inbox.contents.set('bob', 7)
    const commands = await watch(stage.server, () => user.run('ann', () => inbox.readAll()))
    expect(commands.filter(({ name }) => name === 'eval')).to.have.length(1)
    expect(await unread('ann')).to.equal('ann:1000:1')
    expect(await unread('bob')).to.equal('bob:1000:0')
  })

  it('I27: two caches with different prefixes share nothing: no value, evict, tag or message', async () => {
    const prefixes = ['x', 'y'].map((letter) => `${letter}${randomBytes(8).toString('hex')}`)
    const [one, two] = await Promise.all(
      prefixes.map((prefix) => stage.actor({ prefix, keyMode: 'digest' })),
    )
    if (one === undefined || two === undefined) throw new Error('two prefixes, two actors')
    const [mine, yours] = [new Row(), new Row()]
    yours.version = 100
    let crossings = 0
    const read = async (actor: Actor, row: Row, key: number): Promise<void> => {
      const seen = await actor.rows.getOrLoad(key, row.load, { tags: ['t'], scope: 's' })
      if (seen !== row.version) crossings += 1
    }
    for (let key = 0; key < 500; key += 1) {
      await Promise.all([read(one, mine, key), read(two, yours, key)])
    }
    await Promise.all([one.settled(), two.settled()])
    mine.version = 2
    await one.rows.delete(0, { scope: 's' })
    await one.rows.clear()
    await one.rows.clearScope('s')
    await one.cache.invalidateTags(['t'])
    for (let key = 0; key < 500; key += 1) {
      await Promise.all([read(one, mine, key), read(two, yours, key)])
    }
    expect(crossings).to.equal(0)
    expect(yours.loads).to.equal(500)
    expect(mine.loads).to.equal(1_000)
    expect(two.cache.stats().invalidations.elsewhere).to.equal(0)
  })

  describe('two versions of the code', () => {
    let before: Actor
    let after: Actor
    let row: Row

    beforeEach(async () => {
      row = new Row()
      const released = (version: number): EntryOptions => ({ version, consistency: 'strict' })
      const actors = [released(1), released(2)].map((defaults) => stage.actor({ defaults }))
      ;[before, after] = (await Promise.all(actors)) as [Actor, Actor]
    })

    const read = ({ rows }: Actor): Promise<number> =>
      rows.getOrLoad('k', row.load, { tags: ['v'] })

    it('I27: read nothing of each other, and lose nothing to each other', async () => {
      expect(await read(before)).to.equal(1)
      await before.settled()
      row.version = 2
      expect(await read(after)).to.equal(2)
      await after.settled()
      expect(await read(before)).to.equal(1)
      expect(row.loads).to.equal(2)
    })

    it('I2: an evict, a put, a tag and a clear of one take what the other stored or loads', async () => {
      const ways: ((actor: Actor) => Promise<unknown>)[] = [
        ({ rows }) => rows.delete('k'),
        ({ rows }) => rows.set('k', row.version, { tags: ['v'] }),
        ({ cache }) => cache.invalidateTags(['v']),
        ({ rows }) => rows.clear(),
      ]
      for (const [writer, reader] of [
        [before, after],
        [after, before],
      ] as const) {
        for (const invalidate of ways) {
          expect(await read(reader)).to.equal(row.version)
          await reader.settled()
          row.version += 1
          await invalidate(writer)
          expect(await read(reader)).to.equal(row.version)
          await reader.settled()
          await reader.rows.delete('k')

          const load = row.hold()
          const early = read(reader)
          await load.reached
          row.version += 1
          await invalidate(writer)
          expect(await read(reader)).to.equal(row.version)
          load.open()
          await early
          await reader.settled()
          expect(await read(reader)).to.equal(row.version)
        }
      }
    })
  })
})
