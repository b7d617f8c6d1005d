import { readFile, writeFile } from 'node:fs/promises'

import { expect } from 'chai'
import { minify } from 'terser'

import { createCache } from '../../src/create-cache.js'
import { CacheWeavingError } from '../../src/errors.js'

interface Named {
  name(id: string): Promise<string>
}

interface Fixture {
  readonly written: Named
  readonly unwritten: Named
}

describe('classes that a minifier has renamed', () => {
  let lemon: Fixture
  let melon: Fixture

  before(async () => {
    lemon = await minified('lemon')
    melon = await minified('melon')
  })

  // Of the same letters, so that the minifier gives both the same names.
  it('S42: have one name, which is why it says nothing', () => {
    expect(lemon.written.constructor.name).to.equal(melon.written.constructor.name)
  })

  it('S42, C44: share nothing when their namespaces are written', async () => {
    const cache = createCache()
    const services = [cache.weave(lemon.written), cache.weave(melon.written)]
    const names = await Promise.all(services.map((service) => service.name('1')))
    expect(names).to.deep.equal(['written lemon', 'written melon'])
    await cache.close()
  })

  it('S42, I27: are refused at weaving when they would go by their names', async () => {
    const cache = createCache()
    cache.weave(lemon.unwritten)
    expect(() => cache.weave(melon.unwritten)).to.throw(CacheWeavingError, 'namespace')
    await cache.close()
  })
})

async function minified(name: string): Promise<Fixture> {
  const source = new URL(`./fixtures/minified-${name}.js`, import.meta.url)
  const target = new URL(`./fixtures/minified-${name}.min.js`, import.meta.url)
  const { code } = await minify(await readFile(source, 'utf8'), { module: true, toplevel: true })
  await writeFile(target, code ?? '')
  return (await import(target.href)) as Fixture
}
