import { expect } from 'chai'

import type { CacheOptions } from '../../src/cache-options.js'
import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { createTestCache } from '../../src/testing.js'
import { RecordingLogger } from './recording-logger.js'

const SECRET = 'marker-2b91-hunter2'

/** A class for one test: what was warned of once in this process is not warned of again. */
function mistaken(name: string): new () => { callAll: () => Promise<unknown> } {
  @CacheConfig({ namespace: name })
  class Mistaken {
    @Cached()
    async instance(_id: string): Promise<unknown> {
      return new (class Money {
        readonly amount = SECRET
      })()
    }

    @Cached()
    async keyless(_id: unknown): Promise<number> {
      return 1
    }

    @Cached({
      ttl: () => {
        throw new Error(SECRET)
      },
    })
    async careless(_id: string): Promise<number> {
      return 1
    }

    @Cached({ queue: 5 })
    async queued(_id: string): Promise<number> {
      return 1
    }

    async callAll(): Promise<void> {
      await this.instance(SECRET)
      await this.keyless(() => SECRET)
      await this.careless(SECRET)
      await this.queued(SECRET)
    }
  }
  Object.defineProperty(Mistaken, 'name', { value: name })
  return Mistaken
}

describe('a mistake of a program whose cache has no logger', () => {
  let heard: (Error & { code?: string })[]
  const hear = (warning: Error): void => void heard.push(warning)

  beforeEach(() => {
    heard = []
    process.on('warning', hear)
  })

  afterEach(() => process.off('warning', hear))

  it('S34: is a warning of the process, each once, with a code and without a key or a value', async () => {
    const Class = mistaken('Told')
    await useAll(Class, {})
    await useAll(Class, {})
    const ours = warningsOf('Told')
    expect(ours.map(({ code }) => code)).to.have.members([
      'CACHEWRIGHT_NOT_CACHEABLE',
      'CACHEWRIGHT_NOT_KEYABLE',
      'CACHEWRIGHT_CALLBACK_FAILED',
      'CACHEWRIGHT_NO_EFFECT',
    ])
    for (const { name, message, stack } of ours) {
      expect(name).to.equal('CachewrightWarning')
      expect(message).to.match(/^Told\.(instance|keyless|careless|queued)\b/)
      expect(`${message} ${stack}`).to.not.include(SECRET)
    }
  })

  it('is for the logger alone when there is one, and for nobody with `logger: false`', async () => {
    const logger = new RecordingLogger()
    await useAll(mistaken('Logged'), { logger })
    await useAll(mistaken('Silenced'), { logger: false })
    expect(logger.lines).to.have.lengthOf(4)
    expect(warningsOf('Logged')).to.deep.equal([])
    expect(warningsOf('Silenced')).to.deep.equal([])
  })

  it('is told of by a cache for tests as well', async () => {
    const Class = mistaken('Tested')
    const { cache } = createTestCache()
    await cache.weave(new Class()).callAll()
    await cache.close()
    await turn()
    expect(warningsOf('Tested')).to.have.lengthOf(4)
  })

  it('F1: is nothing that only the day brings, such as a Redis that is not there', async () => {
    const cache = createCache({ redis: 'redis://127.0.0.1:1', timeouts: { read: 50, write: 50 } })
    expect(await cache.getOrLoad('key', async () => 1)).to.equal(1)
    await cache.close()
    await turn()
    expect(heard.filter(({ name }) => name === 'CachewrightWarning')).to.deep.equal([])
  })

  async function useAll(Class: ReturnType<typeof mistaken>, options: CacheOptions): Promise<void> {
    const cache = createCache({ clock: new FakeClock(), ...options })
    await cache.weave(new Class()).callAll()
    await cache.close()
    await turn()
  }

  const warningsOf = (name: string): typeof heard =>
    heard.filter(({ message }) => message.startsWith(`${name}.`))

  /** Node tells of a warning in the next tick. */
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
})
