import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { gate } from '../support/gate.js'
import { CachesOnRedis } from '../failures/caches-on-redis.js'
import { eventually } from '../support/eventually.js'
import { sourceFiles } from './source.js'

const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'length']

describe('Hostile input to a cache', function () {
  this.timeout(20_000)
  const caches = new CachesOnRedis()

  before(() => caches.start())
  afterEach(() => caches.close())
  after(() => caches.stop())

  for (const name of NAMES) {
    it(`S11: ${name} is a name like any other: as key, tag, scope and namespace`, async () => {
      for (const cache of [caches.apart(), await caches.ready({ memory: false })]) {
        const rows = cache.namespace(name)
        expect(await rows.get(name)).to.equal(undefined)
        const value = { [name]: 1, polluted: true }
        await rows.set(name, value, { tags: [name], scope: name })
        expect(await rows.get(name, { scope: name })).to.deep.equal(value)
        expect(await rows.get(name)).to.equal(undefined)
        await cache.invalidateTags([name])
        expect(await rows.get(name, { scope: name })).to.equal(undefined)
        expect(Object.hasOwn(cache.stats().namespaces, name)).to.equal(true)
      }
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined)
    })
  }

  it('S4: globs as keys and tags name nothing but themselves', async () => {
    const cache = await caches.ready({ memory: false })
    const rows = cache.namespace('globs')
    const globs = ['*', '?', '[a-z]', '\\', '{*}', 'a*', 'a', 'b']
    await rows.setMany(globs.map((key) => [key, key] as const))
    await rows.delete('*')
    await cache.invalidateTags(['*'])
    expect([...(await rows.getMany(globs)).keys()]).to.deep.equal(globs.slice(1))
  })

  it('S25: 50,000 keys leave memory within its bounds', async () => {
    const cache = caches.apart({ memory: { maxItems: 1_000, maxBytes: 300_000 } })
    for (let id = 0; id < 50_000; id += 1) {
      await cache.getOrLoad(`attack-${id}`, async () => ({ id, text: 'x'.repeat(id % 500) }))
    }
    const { items, bytes } = cache.stats().memory
    expect(items).to.be.at.most(1_000)
    expect(bytes).to.be.at.most(300_000)
  })

  it('S25: every key in Redis has a ttl, markers, tags, log and all', async () => {
    const cache = await caches.ready()
    const rows = cache.namespace('rows')
    for (let id = 0; id < 20; id += 1) {
      await rows.getOrLoad(id, async () => id, { tags: [`t${id}`], scope: `s${id % 3}` })
    }
    await rows.delete(1)
    await rows.clear()
    await rows.clearScope('s1')
    await cache.invalidateTags(['t1', 't2'])
    await eventually(() => cache.stats().background.running <= 1)
    const keys = (await caches.server.ask('KEYS', `*${caches.prefix}*`)) as string[]
    const lives = await Promise.all(
      keys.map(async (key) => [key, await caches.server.ask('PTTL', key)] as const),
    )
    expect(keys).to.have.length.above(5)
    const endless = lives.filter(([, life]) => Number(life) === -1).map(([key]) => key)
    expect(endless).to.deep.equal([])
  })

  it('S26: 20,000 slow calls with a key each are let go when they end', async () => {
    const cache = createCache({ memory: { maxItems: 100 } })
    const stop = gate()
    const calls = Array.from({ length: 20_000 }, (_, id) =>
      cache.getOrLoad(id, async () => {
        await stop.wait()
        return id
      }),
    )
    await stop.reached
    expect(cache.stats().total.running).to.equal(20_000)
    stop.open()
    await Promise.all(calls)
    expect(cache.stats().total.running).to.equal(0)
    expect(cache.stats().memory.items).to.be.at.most(100)
  })

  it('S38: no script is put together when it is sent: ${…} stands in none but for other scripts', async () => {
    const files = await sourceFiles()
    const scripts = files.filter(({ name }) =>
      /^redis\/(?:entry-scripts|invalidation-scripts|script-parts)\.ts$/.test(name),
    )
    const inserted = scripts.flatMap(({ text }) =>
      [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, expression]) => expression ?? ''),
    )
    expect(scripts).to.have.length(3)
    expect(inserted).to.include.members(['NOW', 'PUBLISH'])
    expect(inserted.filter((expression) => !/^[A-Z][A-Z_]*$/.test(expression))).to.deep.equal([])
    expect(files).to.have.length.above(100)
    for (const { name, text } of files) {
      expect(text, name).not.to.match(/\beval\(|new Function\(/)
      expect(text, name).not.to.match(/(?:evaluate|EVAL)\w*\([^)]*`/)
    }
  })

  it('S45: a Response, a stream and a generator that a method returns are handed on and not kept', async () => {
    const cache = caches.apart()
    const values = [
      () => new Response('body'),
      () => new ReadableStream(),
      () => (function* one() {})(),
      () => Promise.resolve,
      () => new WeakMap(),
    ]
    for (const [index, make] of values.entries()) {
      const value = make()
      expect(await cache.getOrLoad(index, async () => value as unknown)).to.equal(value)
      expect(await cache.has(index)).to.equal(false)
    }
    expect(cache.stats().total.refusedValues).to.equal(values.length)
  })
})
