import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { Stage } from './stage.js'

const SCOPED = { scope: () => 'scope', tags: ['one', 'two'] } as const

@CacheConfig({ namespace: 'lasting', jitter: 0 })
class Lasting {
  @Cached({ ttl: '5m', ...SCOPED })
  async short(id: string): Promise<string> {
    return id
  }

  @Cached({ ttl: '400d', staleIfError: '30d', ...SCOPED })
  async long(id: string): Promise<string> {
    return id
  }

  @Cached({ ttl: () => 20 * 86_400_000, ...SCOPED })
  async computed(id: string): Promise<string> {
    return id
  }
}

describe('What an entry is checked against', () => {
  const stage = new Stage()

  before(() => stage.open())

  after(() => stage.close())

  for (const method of ['short', 'long', 'computed'] as const) {
    it(`C31: outlives the entry, also when it was invalidated in between (${method})`, async () => {
      const prefix = `outlive-${method}`
      const actor = await stage.actor({ prefix })
      const lasting = actor.cache.weave(new Lasting())
      const ages = async (): Promise<{ entries: number[]; markers: number[] }> => {
        const names = (await stage.server.ask('KEYS', `*${prefix}*`)) as string[]
        const found = { entries: [] as number[], markers: [] as number[] }
        for (const name of names) {
          if (name.includes('#log}')) continue
          const left = Number(await stage.server.ask('PTTL', name))
          const isEntry = name.startsWith(`${prefix}:lasting:`)
          if (!name.includes('last-word')) (isEntry ? found.entries : found.markers).push(left)
        }
        return found
      }
      const check = async (): Promise<void> => {
        await lasting[method]('1')
        await actor.settled()
        const { entries, markers } = await ages()
        expect(entries).to.have.length(1)
        // Namespace, entry, scope, two tags and their clock.
        expect(markers).to.have.length(6)
        for (const left of markers) expect(left).to.be.at.least(Math.max(...entries))
      }
      await check()
      await actor.cache.namespace('lasting').clear()
      await check()
      await actor.cache.namespace('lasting').clearScope('scope')
      await check()
      await actor.cache.invalidateTags(['one'])
      await check()
      await actor.cache.entryOf(lasting, method).evictAll()
      await check()
    })
  }
})
