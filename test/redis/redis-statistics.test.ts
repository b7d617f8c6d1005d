import { expect } from 'chai'

import { readStatistics } from '../../src/redis/redis-statistics.js'

describe('readStatistics', () => {
  it('adds up what the masters of a cluster tell', () => {
    const statistics = readStatistics([info(1), info(10)])
    expect(statistics).to.deep.equal({
      connected: true,
      version: '7.0.15',
      uptime: 1_000,
      memoryUsed: 22,
      memoryPeak: 33,
      fragmentation: 12.5,
      connections: 44,
      keyspaceHits: 55,
      keyspaceMisses: 66,
      evicted: 77,
      expired: 88,
    })
  })

  it('has zeros and no connection where nobody answers', () => {
    expect(readStatistics([])).to.include({
      connected: false,
      version: '',
      memoryUsed: 0,
      uptime: 0,
    })
  })

  function info(times: number): string {
    const fields = {
      redis_version: '7.0.15',
      uptime_in_seconds: times,
      used_memory: 2 * times,
      used_memory_peak: 3 * times,
      mem_fragmentation_ratio: 1.25 * times,
      connected_clients: 4 * times,
      keyspace_hits: 5 * times,
      keyspace_misses: 6 * times,
      evicted_keys: 7 * times,
      expired_keys: 8 * times,
    }
    return Object.entries(fields)
      .map(([name, value]) => `${name}:${value}`)
      .join('\r\n')
  }
})
