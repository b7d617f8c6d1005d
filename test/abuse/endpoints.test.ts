import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'

import { expect } from 'chai'

import { RecordingLogger } from '../observability/recording-logger.js'
import { CachesOnRedis } from '../failures/caches-on-redis.js'
import { SOURCE, sourceFiles } from './source.js'

/** What a process listens with. */
const LISTENING = /^(?:TCP|Pipe|TLS)(?:Server)Wrap$|^(?:UDPWrap|HTTP.*Server)$/

describe('Ways into a process that caches', () => {
  const caches = new CachesOnRedis()

  before(() => caches.start())
  afterEach(() => caches.close())
  after(() => caches.stop())

  it('S36: are none: a cache with everything switched on listens nowhere', async () => {
    const listening = (): string[] =>
      process.getActiveResourcesInfo().filter((name) => LISTENING.test(name))
    const before = listening()
    const cache = await caches.ready({ logger: new RecordingLogger() })
    await cache.getOrLoad('key', async () => 'value')
    await cache.health({ probe: true })
    await cache.redisStats()
    expect(listening()).to.deep.equal(before)
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    expect(listening(), 'it would have been seen').to.have.lengthOf(before.length + 1)
    listener.close()
  })

  it('S36: nor does any part of the package serve pages, start servers or other programs', async () => {
    const files = await sourceFiles()
    expect(files).to.have.length.above(100)
    for (const { name, text } of files) {
      expect(text, name).not.to.match(
        /['"](?:node:)?(?:http2?|https|dgram|child_process|inspector)['"]/,
      )
      expect(text, name).not.to.match(/import[^;]*\bcreateServer\b[^;]*from 'node:|\.listen\(/)
    }
    const manifest = new URL('../package.json', SOURCE)
    const { exports } = JSON.parse(await readFile(manifest, 'utf8')) as { exports: object }
    expect(Object.keys(exports)).to.have.members([
      ...['.', './inversify', './prometheus', './testing', './package.json'],
    ])
  })

  it('S36: what a page would show is inert text for whoever makes one', async () => {
    const cache = caches.apart()
    const key = '<img src=x onerror=alert(1)>'
    await cache.getOrLoad(key, async () => key)
    const shown = JSON.stringify([cache, cache.stats(), await cache.health()])
    expect(shown).not.to.include('<img')
  })
})
