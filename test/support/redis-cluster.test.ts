import { expect } from 'chai'

import { eventually } from './eventually.js'
import { type RedisCluster, startCluster } from './servers.js'

describe('startCluster', function () {
  this.timeout(60_000)
  let cluster: RedisCluster

  before(async () => {
    cluster = await startCluster({ masters: 3, replicas: 1, nodeTimeout: 1_000 })
  })

  after(async () => {
    await cluster.stop()
  })

  it('serves all slots from its masters', async () => {
    const client = cluster.client()
    const keys = Array.from({ length: 30 }, (_, index) => `key:${index}`)
    await Promise.all(keys.map((key) => client.set(key, key)))
    expect(await Promise.all(keys.map((key) => client.get(key)))).to.deep.equal(keys)
    const owners = await Promise.all(keys.map((key) => cluster.ownerOf(key)))
    expect(new Set(owners)).to.deep.equal(new Set(cluster.masters))
  })

  it('promotes a replica when a master is killed', async () => {
    const client = cluster.client()
    const owner = await cluster.ownerOf('key')
    await owner.kill()
    await eventually(async () => (await client.set('key', 'after')) === 'OK', 20_000)
    await cluster.waitUntilHealthy(20_000)
    const heir = await cluster.ownerOf('key')
    expect(cluster.replicas).to.include(heir)
    expect(await client.get('key')).to.equal('after')
  })
})
