import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'
import type { CacheObserver, CallEvent, WarningEvent } from '../../src/observability/observer.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { RecordingLogger } from './recording-logger.js'

@CacheConfig({ namespace: 'places', jitter: 0 })
class Places {
  isBroken = false

  @Cached({ ttl: '1m', staleIfError: '1m' })
  async place(id: string): Promise<{ id: string }> {
    if (this.isBroken) throw new Error('out of order')
    return { id }
  }

  @Cached({ condition: (id: string) => id !== 'secret' })
  async some(id: string): Promise<string> {
    return id
  }

  @Cached()
  async keyless(_callback: () => void): Promise<number> {
    return 1
  }

  @Cached({ maxValueBytes: 100 })
  async large(): Promise<string> {
    return 'x'.repeat(1_000)
  }

  @CacheEvict({ entry: 'place' })
  async remove(_id: string): Promise<void> {}
}

describe('a cache and its observer', () => {
  const caches: Cache[] = []

  afterEach(async () => {
    await Promise.all(caches.splice(0).map((cache) => cache.close()))
  })

  function woven(
    observer: CacheObserver,
    logger?: RecordingLogger,
    clock = new FakeClock(),
  ): Places {
    const cache = createCache({ observer, logger, clock, prefix: 'atlas' })
    caches.push(cache)
    return cache.weave(new Places())
  }

  it('tells of each call once, by how it ended', async () => {
    const clock = new FakeClock()
    const observer = new RecordingObserver()
    const places = woven(observer, undefined, clock)
    await places.place('a')
    await places.place('a')
    await places.some('secret')
    await clock.advance(60_000)
    places.isBroken = true
    await places.place('a')
    await places.place('b').catch(() => undefined)
    const place = { cache: 'atlas', namespace: 'places', entry: 'place', milliseconds: 0 }
    expect(observer.calls).to.deep.equal([
      { ...place, outcome: 'miss', reason: 'cold' },
      { ...place, outcome: 'hit', tier: 'memory' },
      { ...place, entry: 'some', outcome: 'bypass' },
      { ...place, outcome: 'stale' },
      { ...place, outcome: 'error' },
    ] satisfies CallEvent[])
    expect(observer.loads.map(({ entry, failed }) => `${entry} ${failed}`)).to.deep.equal([
      'place false',
      'place true',
      'place true',
    ])
  })

  it('tells onHit of hits and onMiss of misses, with the very event that onCall gets', async () => {
    const told: string[] = []
    const events = new Set<object>()
    const note = (name: string) => (event: object) => {
      told.push(name)
      events.add(event)
    }
    const places = woven({ onCall: note('call'), onHit: note('hit'), onMiss: note('miss') })
    await places.place('a')
    await places.place('a')
    await places.some('secret')
    expect(told).to.deep.equal(['call', 'miss', 'call', 'hit', 'call'])
    expect(events.size).to.equal(3)
  })

  it('tells of memory hits also when onHit alone listens', async () => {
    let hits = 0
    const places = woven({ onHit: () => hits++ })
    for (let call = 0; call < 130; call += 1) await places.place('a')
    expect(hits).to.equal(129)
  })

  it('tells how much was invalidated and never what', async () => {
    const observer = new RecordingObserver()
    const places = woven(observer)
    await places.remove('a')
    await caches[0]?.invalidateTags(['one', 'two'])
    await caches[0]?.namespace('other').clear()
    expect(observer.invalidations).to.deep.equal([
      { cache: 'atlas', keys: 1, markers: 0, tags: 0, durable: true },
      { cache: 'atlas', keys: 0, markers: 0, tags: 2, durable: true },
      { cache: 'atlas', keys: 0, markers: 1, tags: 0, durable: true },
    ])
  })

  it('publishes on the channels of Node from when somebody subscribes until nobody is left', async () => {
    const heard: unknown[] = []
    const listen = (message: unknown): void => void heard.push(message)
    const names = ['call', 'load', 'invalidation', 'warning'].map((name) => `cachewright:${name}`)
    const places = woven({})
    await places.place('a')
    for (const name of names) subscribe(name, listen)
    try {
      await places.place('a')
      await places.place('b')
      await places.remove('b')
      await places.keyless(() => undefined)
    } finally {
      for (const name of names) unsubscribe(name, listen)
    }
    await places.place('a')
    expect(heard.map((event) => Object.keys(event as object).join(' '))).to.deep.equal([
      'cache namespace entry milliseconds outcome tier',
      'cache namespace entry milliseconds failed',
      'cache namespace entry milliseconds outcome reason',
      'cache keys markers tags durable',
      'cache cause label message',
      'cache namespace entry milliseconds outcome',
    ])
  })

  it('lets nothing that a listener throws or rejects with reach a call, and says so once', async () => {
    const warnings: WarningEvent[] = []
    const logger = new RecordingLogger()
    const fail = (): never => {
      throw new Error('a listener of no use')
    }
    // What is written as a method of a class may well be async.
    const failLater = (): unknown => Promise.reject(new Error('of no use, and late'))
    const places = woven(
      {
        onCall: fail,
        onHit: failLater,
        onMiss: fail,
        onLoad: failLater,
        onInvalidation: fail,
        onWarning: (event) => {
          warnings.push(event)
          fail()
        },
      },
      logger,
    )
    for (let call = 0; call < 3; call += 1)
      expect(await places.place('a')).to.deep.equal({ id: 'a' })
    await places.remove('a')
    expect(await places.place('a')).to.deep.equal({ id: 'a' })
    const line = 'observer: a listener threw; this is said once'
    expect(logger.lines).to.deep.equal([`warn cachewright: ${line}`])
    expect(warnings.map(({ cause }) => cause)).to.deep.equal(['observer-failed'])
  })

  it('lives with a logger that throws', async () => {
    const logger = new RecordingLogger()
    logger.warn = () => {
      throw new Error('disk full')
    }
    const warnings: WarningEvent[] = []
    const places = woven({ onWarning: (event) => void warnings.push(event) }, logger)
    expect(await places.keyless(() => undefined)).to.equal(1)
    expect(warnings.map(({ cause }) => cause)).to.have.members(['observer-failed', 'not-keyable'])
  })

  it('warns once of what will be so at every call, and counts it each time', async () => {
    const clock = new FakeClock()
    const observer = new RecordingObserver()
    const logger = new RecordingLogger()
    const places = woven(observer, logger, clock)
    for (let call = 0; call < 5; call += 1) {
      await places.keyless(() => undefined)
      await clock.advance(60_000)
    }
    expect(logger.lines).to.have.lengthOf(1)
    expect(logger.lines[0]).to.match(/^warn cachewright: Places\.keyless: arguments\[0\] cannot be/)
    expect(observer.warnings).to.have.lengthOf(1)
    expect(caches[0]?.stats().warnings).to.deep.equal({ 'not-keyable': 5 })
  })

  it('F36: names the option that bounds a result which is too large', async () => {
    const logger = new RecordingLogger()
    await woven({}, logger).large()
    expect(logger.lines).to.deep.equal([
      'warn cachewright: Places.large: result cannot be stored (too-large for `maxValueBytes`); ' +
        'it is returned and not cached',
    ])
  })

  it('F36: names a namespace by hand as the errors about it do', async () => {
    const logger = new RecordingLogger()
    const cache = createCache({ logger })
    caches.push(cache)
    await cache.namespace('default').set('1', () => undefined)
    expect(logger.lines).to.have.lengthOf(1)
    expect(logger.lines[0]).to.match(
      /^warn cachewright: namespace default: result cannot be stored \(function\)/,
    )
  })
})
