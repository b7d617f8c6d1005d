import { expect } from 'chai'

import { startRedis } from '../support/redis-server.js'
import { runExample } from './run-example.js'

describe('the places example', function () {
  this.timeout(180_000)

  it('plays its calls in memory and shows an evict on the very next read (I1)', async () => {
    const printed = await runExample('places/main', { PLACES_CALLS: '600' })

    expect(printed).to.match(/import places +100 % +1\d\d,\d{3} of 1\d\d,\d{3}$/m)
    expect(printed).to.match(/warm up +100 % +325 of 325$/m)
    expect(printed).to.match(/play, with cache +100 % +600 of 600$/m)
    expect(hitShare(printed, 'place')).to.be.greaterThan(50)
    expect(printed).to.match(/^\d{3} reads checked against the updates .*: 0 stale\.$/m)
    expect(evictSteps(printed)).to.deep.equal(['cache', 'database', 'database', 'cache'])
  })

  it('takes at least 5 ms for the median query: the database is honestly slow', async () => {
    const printed = await runExample('places/main', { PLACES_CALLS: '200' })

    const [, milliseconds] = /one place took the database ([\d.]+) ms/.exec(printed) ?? []
    expect(Number(milliseconds)).to.be.at.least(5)
  })

  it('plays in two replicas over one Redis, coherent within the bound (I2)', async () => {
    const server = await startRedis([])
    try {
      const printed = await runExample('places/main', {
        PLACES_CALLS: '600',
        REDIS_URL: server.url,
      })

      expect(printed).to.include('█ memory  ▓ Redis  ░ database')
      expect(hitShare(printed, 'place')).to.be.greaterThan(50)
      expect(printed).to.match(/^\d{3} reads checked against the updates .*: 0 stale\.$/m)
      expect(printed).to.match(/The other replica served the update [\d.]+ [µm]?s later\./)
    } finally {
      await server.stop()
    }
  })
})

/** The percentage of calls that memory answered, as the report prints it. */
function hitShare(printed: string, method: string): number {
  const [, share] =
    new RegExp(`^  ${method} +[█▓░]+ +[\\d,]+ +([\\d.]+) %`, 'm').exec(printed) ?? []
  return Number(share)
}

/** Where the four steps of the demonstration were answered from. */
function evictSteps(printed: string): string[] {
  const [, demonstration = ''] = printed.split('One evict, and the very next read\n')
  return demonstration
    .split('\n')
    .slice(0, 4)
    .map((line) => /\) +(\w+) /.exec(line)?.[1] ?? line)
}
