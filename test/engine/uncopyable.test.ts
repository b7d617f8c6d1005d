import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { entryOf } from '../../src/entry-handle.js'
import { createTestCache } from '../../src/testing.js'

@CacheConfig({ namespace: 'tools' })
class Tools {
  readonly made: unknown[] = []

  @Cached()
  async tool(_id: string): Promise<unknown> {
    const tool = { run: () => this.made.length }
    this.made.push(tool)
    return tool
  }
}

describe('a value that cannot be copied', () => {
  let cache: Cache
  let tools: Tools

  beforeEach(() => {
    ;({ cache } = createTestCache())
    tools = cache.weave(new Tools())
  })

  afterEach(() => cache.close())

  it('I25: is what a refresh gives to its caller, and is not kept', async () => {
    const refreshed = await entryOf(tools, 'tool').refresh('1')
    expect(refreshed).to.equal(tools.made[0])
    expect(entryOf(tools, 'tool').peek('1')).to.equal(undefined)
    expect(await tools.tool('1')).to.equal(tools.made[1])
  })

  it('I25: evicts what it was put in place of', async () => {
    await entryOf(tools, 'tool').put(['1'], 'plain')
    expect(await tools.tool('1')).to.equal('plain')
    const result = await entryOf(tools, 'tool').put(['1'], { run: () => 1 })
    expect(result).to.include({ stored: false, durable: true })
    expect(entryOf(tools, 'tool').peek('1')).to.equal(undefined)
    expect(cache.stats().total.refusedValues).to.equal(1)
  })
})
