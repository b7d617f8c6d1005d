import { expect } from 'chai'

import { compareIdentities, readIdentity } from '../../src/redis/server-identity.js'

describe('readIdentity', () => {
  it('reads who answers', () => {
    expect(readIdentity(info())).to.deep.equal({
      runId: 'aaa',
      replicationId: 'bbb',
      isMaster: true,
      isLoading: false,
      isClusterNode: false,
      version: '7.0.15',
      evictionPolicy: 'noeviction',
    })
  })

  it('F17, F18: sees a replica and a server that loads', () => {
    expect(readIdentity(info({ role: 'slave', loading: '1', redis_mode: 'cluster' }))).to.include({
      isMaster: false,
      isLoading: true,
      isClusterNode: true,
    })
  })

  it('F13: knows a node of a cluster of Valkey, which calls its mode by another name', () => {
    const told = info().replace('redis_mode:standalone', 'server_mode:cluster')
    expect(readIdentity(told)).to.include({ isClusterNode: true })
  })

  it('F52: knows nothing where nothing is told', () => {
    expect(readIdentity('')).to.equal(undefined)
    expect(readIdentity('# Server\r\nredis_version:7.0.15\r\n')).to.equal(undefined)
  })
})

describe('compareIdentities', () => {
  const before = readIdentity(info())

  it('I20: finds the same server with the same history', () => {
    expect(compareIdentities(before, readIdentity(info()))).to.equal('same')
  })

  it('I20: finds another process, and another history of the same one', () => {
    expect(compareIdentities(before, readIdentity(info({ run_id: 'zzz' })))).to.equal('changed')
    expect(compareIdentities(before, readIdentity(info({ master_replid: 'z' })))).to.equal(
      'changed',
    )
  })

  it('F52: takes a server that tells nothing for another one each time', () => {
    expect(compareIdentities(undefined, undefined)).to.equal('changed')
    expect(compareIdentities(before, undefined)).to.equal('changed')
  })
})

function info(fields: Readonly<Record<string, string>> = {}): string {
  const all = {
    redis_version: '7.0.15',
    redis_mode: 'standalone',
    run_id: 'aaa',
    maxmemory_policy: 'noeviction',
    loading: '0',
    role: 'master',
    master_replid: 'bbb',
    ...fields,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}:${value}`)
  return ['# Server', ...lines, ''].join('\r\n')
}
