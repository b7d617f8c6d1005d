import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { createTestCache } from '../../src/testing.js'
import { returning } from '../support/returning.js'

describe('a unit of work', () => {
  let cache: Cache

  beforeEach(async () => {
    ;({ cache } = createTestCache())
    await cache.setMany([
      ['touched', 'old'],
      ['other', 'kept'],
    ])
  })

  afterEach(() => cache.close())

  it('I11: is answered from memory but for what it has touched', async () => {
    await cache.unitOfWork(async () => {
      await cache.delete('touched')
      expect(await cache.getOrLoad('other', returning('unwanted'))).to.equal('kept')
      expect(await cache.getOrLoad('touched', returning('new'))).to.equal('new')
    })
  })

  it('I11: finds by hand nothing that it has touched, and all the rest', async () => {
    await cache.unitOfWork(async () => {
      expect(await cache.get('touched')).to.equal('old')
      await cache.delete('touched')
      expect(await cache.get('touched')).to.equal(undefined)
      expect(await cache.get('other')).to.equal('kept')
    })
  })

  it('I11: finds by hand nothing with a tag that it has invalidated', async () => {
    await cache.set('tagged', 'old', { tags: ['team'] })
    await cache.unitOfWork(async () => {
      expect(await cache.get('tagged')).to.equal('old')
      await cache.invalidateTags(['team'])
      expect(await cache.get('tagged')).to.equal(undefined)
      expect(await cache.has('tagged')).to.equal(false)
      expect(await cache.get('other')).to.equal('kept')
    })
  })

  it('I11: inside of another one is part of it', async () => {
    await cache.unitOfWork(async () => {
      await cache.unitOfWork(() => cache.delete('touched'))
      // Nothing has been evicted as long as the outer one may still fail.
      expect(cache.namespace('default').peek('touched')).to.equal('old')
      expect(await cache.get('touched')).to.equal(undefined)
    })
    expect(cache.namespace('default').peek('touched')).to.equal(undefined)
  })
})
