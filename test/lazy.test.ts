import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect } from 'chai'

import { CacheConfigurationError } from '../src/errors.js'
import { lazy, lazyRequire, provideModule } from '../src/lazy.js'
import { temporaryFolder } from './support/temporary-folder.js'

describe('a value made at first use', () => {
  it('is made once, also when it is undefined', () => {
    let times = 0
    const value = lazy(() => {
      times++
    })
    expect(times).to.equal(0)
    value()
    value()
    expect(times).to.equal(1)
  })

  it('is made again when making it failed', () => {
    let times = 0
    const value = lazy(() => {
      if (++times === 1) throw new Error('not yet')
      return times
    })
    expect(value).to.throw('not yet')
    expect(value()).to.equal(2)
    expect(value()).to.equal(2)
  })
})

describe('a module loaded at first use', () => {
  it('may be CommonJS, an ES module or part of Node', () => {
    expect(lazyRequire<typeof import('node:path')>('node:path')().sep).to.be.a('string')
    expect(lazyRequire<typeof import('p-limit')>('p-limit')().default).to.be.a('function')
    expect(lazyRequire<typeof import('@node-rs/xxhash')>('@node-rs/xxhash')().xxh32('')).to.be.a(
      'number',
    )
  })

  it('names the package to install when it is missing', () => {
    const load = lazyRequire('no-such-package')
    expect(load).to.throw(
      CacheConfigurationError,
      /^no-such-package: this package is not installed, .*: npm install no-such-package$/,
    )
  })

  it('may be a file of this package, named from where the loader stands', () => {
    const load = lazyRequire<typeof import('../src/keys/xxh3.js')>('./keys/xxh3.js')
    expect(load().xxh3Digest128).to.be.a('function')
    expect(lazyRequire('./no-such-file.js')).to.throw(CacheConfigurationError, 'node-addons')
  })

  it('is the one that was provided, for there may be no file', () => {
    const load = lazyRequire('./provided-by-a-bundle.js')
    expect(load).to.throw(CacheConfigurationError)
    const provided = {}
    provideModule('./provided-by-a-bundle.js', provided)
    expect(load()).to.equal(provided)
  })

  it('C44: is handed what it shares with the rest, so that nobody loads that a second time', () => {
    const core = {}
    provideModule('./core.js', core)
    provideModule('./apart.js', { withCore: (given: unknown) => ({ given }) })
    expect(lazyRequire<{ given: unknown }>('./apart.js')().given).to.equal(core)
  })

  it('names the setting where the loader of modules cannot require ES modules, as that of Jest', async () => {
    const folder = await temporaryFolder('lazy')
    const refused = join(folder, 'refused.cjs')
    const thrower = "throw Object.assign(new Error('Must use import'), { code: 'ERR_REQUIRE_ESM' })"
    await writeFile(refused, thrower)
    expect(lazyRequire(refused)).to.throw(
      CacheConfigurationError,
      "testEnvironmentOptions: { customExportConditions: ['node'] }",
    )
  })

  it('lets errors of the module itself through, a package that it misses included', async () => {
    const folder = await temporaryFolder('lazy')
    const broken = join(folder, 'broken.cjs')
    await writeFile(broken, "require('no-such-package')")
    expect(lazyRequire(broken))
      .to.throw('no-such-package')
      .that.is.not.instanceOf(CacheConfigurationError)
    const thrower = join(folder, 'thrower.cjs')
    await writeFile(thrower, "throw 'not even an error'")
    let thrown: unknown
    try {
      lazyRequire(thrower)()
    } catch (error) {
      thrown = error
    }
    expect(thrown).to.equal('not even an error')
  })
})
