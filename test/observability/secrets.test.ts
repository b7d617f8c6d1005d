import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'

import { expect } from 'chai'
import promClient from 'prom-client'
import sinon from 'sinon'

import type { Cache } from '../../src/cache.js'
import type { CacheOptions } from '../../src/cache-options.js'
import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { entryOf } from '../../src/entry-handle.js'
import { CacheError } from '../../src/errors.js'
import { channels } from '../../src/observability/channels.js'
import { collectMetrics } from '../../src/prometheus.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { RecordingLogger } from './recording-logger.js'

/** It is a password, an argument, a value, a tag and a scope, and must not be found anywhere. */
const SECRET = 'marker-7f3a-hunter2'

@CacheConfig({ namespace: 'people' })
class People {
  @Cached({ tags: (_person: unknown, id: string) => [`person:${id}`], scope: (id: string) => id })
  async person(id: string): Promise<{ readonly id: string; readonly mail: string }> {
    return { id, mail: `${SECRET}@example.org` }
  }

  @Cached({ consistency: 'strict', timeout: { hard: 50 } })
  async strict(id: string): Promise<string> {
    if (id.endsWith('slow')) return new Promise(() => undefined)
    return `${SECRET} of ${id}`
  }

  @Cached()
  async odd(_options: { readonly secret: string; readonly run: () => string }): Promise<unknown> {
    return { secret: SECRET, run: () => SECRET }
  }

  @Cached({
    ttl: () => {
      throw new Error(SECRET)
    },
  })
  async careless(id: string): Promise<string> {
    return id
  }

  @Cached()
  async uncopyable(_id: string): Promise<unknown> {
    return { [`${SECRET} is a name`]: () => SECRET, value: SECRET }
  }

  @CachePut({ entry: 'strict', key: (id: string) => id })
  async rename(id: string): Promise<string> {
    return `${SECRET} for ${id}`
  }

  @CacheEvict({ tags: (id: string) => [`person:${id}`] })
  async forget(_id: string): Promise<void> {}
}

describe('what a cache says of itself', function () {
  this.timeout(60_000)
  let server: RedisServer
  let proxy: ChaosProxy
  const open: Cache[] = []
  const said: unknown[] = []
  const hear = (event: unknown): void => void said.push(event)

  beforeEach(async () => {
    server = await startRedis(['--requirepass', SECRET], { clientOptions: { password: SECRET } })
    proxy = await startProxy(server)
    for (const { name } of Object.values(channels)) subscribe(String(name), hear)
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream)
      sinon.stub(stream, 'write').callsFake((text) => {
        said.push(String(text))
        return write(text)
      })
    }
  })

  afterEach(async () => {
    sinon.restore()
    for (const { name } of Object.values(channels)) unsubscribe(String(name), hear)
    await Promise.all(open.splice(0).map((cache) => cache.close()))
    await proxy.close()
    await server.stop()
    said.length = 0
  })

  it('S34: holds no password, argument, value, tag or scope, whatever goes wrong', async () => {
    const cache = made({ redis: `redis://:${SECRET}@127.0.0.1:${proxy.port}` })
    const people = cache.weave(new People())
    const registry = new promClient.Registry()
    collectMetrics(cache, registry)
    expect(await cache.ready(5_000)).to.equal(true)
    await useAll(cache, people)
    await spoilEntries()
    await useAll(cache, people)
    proxy.lost = 'both'
    await useAll(cache, people)
    proxy.kill()
    proxy.clear()
    await eventually(async () => (await cache.health()).status === 'up', 20_000)
    await useAll(cache, people)
    await server.kill()
    await useAll(cache, people)
    said.push(await registry.metrics(), cache.stats(), await cache.health({ probe: true }))
    lookAt(cache, people)
    await cache.close()
    lookAt(cache, people)
    expectNoSecret(30)
  })

  it('S34: holds no password that Redis refuses', async () => {
    const wrong = `wrong-${SECRET}`
    const cache = made({
      redis: { host: '127.0.0.1', port: server.port, username: SECRET, password: wrong },
    })
    await eventually(() => said.some((event) => inspect(event).includes('login was refused')))
    said.push(await cache.health(), cache.stats())
    lookAt(cache, cache.weave(new People()))
    expectNoSecret(3)
  })

  it('S34: holds no secret that an option was given', () => {
    for (const options of [
      { redis: `redis://:${SECRET}@127.0.0.1:not a port` },
      { redis: `not a url ${SECRET}` },
      { redis: { url: `redis://:${SECRET}@127.0.0.1`, port: -1 } },
      { redis: { password: { [SECRET]: 1 } } },
      { keySecret: SECRET.slice(0, 15) },
      { encryption: { current: SECRET, keys: { one: SECRET } } },
    ]) {
      try {
        open.push(createCache(options as CacheOptions))
      } catch (error) {
        said.push(error)
      }
    }
    expectNoSecret(3)
  })

  function made(options: CacheOptions): Cache {
    const logger = new RecordingLogger()
    const observer = new RecordingObserver()
    said.push(logger.lines, observer)
    const cache = createCache({ onInvalidationFailure: 'reject', logger, observer, ...options })
    open.push(cache)
    return cache
  }

  /** Calls everything there is; keeps what the library throws. */
  async function useAll(cache: Cache, people: People): Promise<void> {
    const id = SECRET
    const handle = entryOf(people, 'strict')
    const calls: readonly (() => Promise<unknown>)[] = [
      () => people.person(id),
      () => people.person(id),
      () => people.strict(id),
      () => people.strict(`${id} slow`),
      () => people.odd({ secret: id, run: () => id }),
      () => people.careless(id),
      () => people.uncopyable(id),
      () => people.rename(id),
      () => people.forget(id),
      () => handle.evict(id),
      () => handle.refresh(id),
      () => cache.set(id, SECRET, { tags: [SECRET], scope: SECRET }),
      () => cache.getOrLoad(id, () => Promise.reject(new TypeError(SECRET))),
      () => cache.namespace('people').clearScope(SECRET),
      () => cache.invalidateTags([SECRET]),
      () => cache.set((() => SECRET) as never, SECRET),
      () => cache.set(id, SECRET, { tags: SECRET as never }),
    ]
    for (const call of calls) {
      await call().catch((error: unknown) => {
        // What a method of the user's throws is the user's.
        if (CacheError.is(error)) said.push(error)
      })
    }
  }

  /** As a hostile or a careless neighbour might. */
  async function spoilEntries(): Promise<void> {
    const client = server.client()
    for (const key of await client.keys('cachewright:*')) {
      const type = await client.type(key)
      if (type !== 'hash') continue
      for (const field of await client.hkeys(key)) await client.hset(key, field, `{${SECRET}`)
    }
  }

  function lookAt(cache: Cache, people: People): void {
    const handle = entryOf(people, 'person')
    for (const thing of [cache, people, handle, cache.namespace('people by hand')]) {
      said.push(inspect(thing, { depth: 20, showHidden: true }), JSON.stringify(thing))
    }
    said.push(String(cache))
  }

  function expectNoSecret(least: number): void {
    const text = said.map((thing) => inspect(thing, { depth: 20, maxStringLength: null }))
    expect(text.length).to.be.above(least)
    expect(text.filter((line) => line.includes(SECRET))).to.deep.equal([])
  }
})
