import { readFileSync } from 'node:fs'

import { expect } from 'chai'

import { CACHE_METRICS } from '../../src/observability/cache-metrics.js'
import { channels } from '../../src/observability/channels.js'
import { ENTRY_METRICS, MISS_REASONS } from '../../src/observability/entry-metrics.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'

const PAGE = readFileSync('docs/observability.md', 'utf8')

describe('docs/observability.md', () => {
  it('lists every metric, in order and by its kind', () => {
    const listed = [...PAGE.matchAll(/^\| `cachewright_(\w+)` \| (\w+) \|/gm)]
    expect(listed.map(([, name, kind]) => `${name} ${kind}`)).to.deep.equal(
      [...ENTRY_METRICS, ...CACHE_METRICS].map(({ name, type }) => `${name} ${type}`),
    )
  })

  it('lists every reason for a miss', () => {
    const [, section = ''] = PAGE.split('| reason | the value |')
    const [table = ''] = section.split('\n\n')
    const listed = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names = '']) =>
      names.split(', ').map((name) => name.slice(1, -1)),
    )
    expect(listed).to.have.members([...MISS_REASONS])
  })

  it('lists every channel, and the method of an observer that hears the same', () => {
    const listed = [...PAGE.matchAll(/^\| `(on\w+)` \| `(cachewright:\w+)` \|/gm)]
    expect(listed.map(([, , channel]) => channel)).to.deep.equal(
      Object.values(channels).map(({ name }) => name),
    )
    const observer = new RecordingObserver()
    for (const [, method = ''] of listed) expect(observer).to.respondTo(method)
  })
})
