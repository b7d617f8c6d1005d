import { inspect } from 'node:util'

import { expect } from 'chai'
import { Cluster, Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis-5'

import { CacheConfigurationError } from '../../src/errors.js'
import type { RedisConnectionOptions, RedisInput } from '../../src/redis/redis-options.js'
import type { RedisTarget } from '../../src/redis/redis-target.js'
import { resolveRedis } from '../../src/redis/resolve-redis.js'

const SECRET = 'hunter2-secret'

describe('resolveRedis', () => {
  it('S39: reads a URL by the WHATWG rules', async () => {
    const target = resolve(`rediss://us%40er:pa%2Fss@redis.example:6380/3`)
    expect(target.topology).to.deep.equal(single('redis.example', 6_380))
    expect(target.database).to.equal(3)
    expect(target.access.tls).to.deep.equal({})
    expect(await target.access.credentials()).to.deep.equal({
      username: 'us@er',
      password: 'pa/ss',
    })
  })

  it('fills in what is not said', async () => {
    const target = resolve({ tls: false })
    expect(target.topology).to.deep.equal(single('127.0.0.1', 6_379))
    expect(target).to.include({ database: 0, connectTimeout: 600 })
    expect(target.access.tls).to.equal(undefined)
    expect(await target.access.credentials()).to.equal(undefined)
    expect(resolve('redis://[::1]').topology).to.deep.equal(single('::1', 6_379))
  })

  it('lets options go before the URL', () => {
    const target = resolve({ url: 'redis://a:1/1', host: 'b', db: 2 })
    expect(target.topology).to.deep.equal(single('b', 1))
    expect(target.database).to.equal(2)
  })

  it('S39: refuses wrong options where they are given, without their secrets', () => {
    const wrong: readonly unknown[] = [
      `http://user:${SECRET}@host`,
      `redis://user:${SECRET}@host:port`,
      `redis://user:${SECRET}@host/name`,
      `redis://user:${SECRET}@host?sentinel=evil`,
      `redis://user:${SECRET}@host#x`,
      `redis://user:${SECRET}%zz@host`,
      { password: 1 },
      { username: {} },
      { host: `user:${SECRET}@host` },
      { port: 0 },
      { port: '6379' },
      { db: -1 },
      { db: 1.5 },
      { unknown: SECRET },
      { cluster: [] },
      { cluster: ['a:1'], sentinel: { name: 'x', nodes: ['b'] } },
      { cluster: ['a:1'], db: 1 },
      { cluster: [`user:${SECRET}@host`] },
      { sentinel: { name: '', nodes: ['a'] } },
      { sentinel: { name: 'x', nodes: [] } },
      { tls: { rejectUnauthorized: false } },
      { natMap: { 'a:1': { host: '', port: 1 } } },
      { connectTimeout: 'soon' },
      { tls: SECRET },
      { path: 5 },
      { lookup: SECRET },
      { natMap: SECRET },
      { sentinel: SECRET },
      { dangerouslyAllowInsecureTls: SECRET },
      { cluster: SECRET },
      { cluster: [null] },
      42,
      null,
      [],
      new URL(`redis://user:${SECRET}@host`),
    ]
    for (const input of wrong) {
      const error = failure(input)
      expect(error, inspect(input)).to.be.instanceOf(CacheConfigurationError)
      expect(inspect(error)).to.not.include(SECRET)
    }
  })

  it('says by an example what was expected, and what came', () => {
    const told = (input: unknown): string => (failure(input) as Error).message
    const url =
      'expected a URL such as redis://localhost:6379, or rediss://localhost:6380 for TLS, got '
    expect(told('localhost:6379')).to.equal(
      `redis.url: ${url}a text that does not begin with redis://`,
    )
    expect(told('')).to.equal(`redis.url: ${url}an empty text`)
    expect(told('http://a:1')).to.equal(`redis.url: ${url}http://a:1/`)
    expect(told({ url: 5 })).to.equal(`redis.url: ${url}a number`)
    expect(told({ host: undefined })).to.match(
      /^redis: .*\{ host: 'localhost', port: 6379 \}.*, got options without a value$/,
    )
    expect(told({ host: 'localhost:6379' })).to.match(
      /^redis\.host: .*without scheme and port, such as 'localhost', got a string$/,
    )
    expect(told({ port: '6379' })).to.match(/^redis\.port: .*65535, got a string$/)
  })

  it('says in one sentence that an option does not exist', () => {
    expect(failure({ unknown: SECRET })).to.include({
      message:
        'redis.unknown: expected an option that exists: url, host, port, path, username, ' +
        'password, db, tls, dangerouslyAllowInsecureTls, cluster, sentinel, natMap, ' +
        'connectTimeout, lookup',
    })
    expect(failure({ passwrod: SECRET })).to.include({
      message: 'redis.passwrod: expected an option that exists (is it password?)',
    })
  })

  it('F14: verifies certificates unless it is told by a dangerous name, and is loud about that', () => {
    expect(resolve({ tls: true }).access.tls).to.deep.equal({})
    const insecure = resolve({ tls: true, dangerouslyAllowInsecureTls: true })
    expect(insecure.access.tls).to.deep.equal({ rejectUnauthorized: false })
    expect(insecure.warnings).to.have.lengthOf(1)
    expect(insecure.warnings[0]).to.match(/NOT verified/)
    expect(resolve({ tls: true }).warnings).to.deep.equal([])
  })

  it('F14: is as loud when it is only sentinels that may have any certificate', () => {
    const sentinel = { name: 'main', nodes: ['localhost'], tls: true }
    expect(resolve({ sentinel }).warnings).to.deep.equal([])
    const insecure = resolve({ sentinel, dangerouslyAllowInsecureTls: true })
    expect(insecure.access.tls).to.equal(undefined)
    expect(insecure.warnings[0]).to.match(/NOT verified/)
  })

  it('F12: asks the credentials callback each time', async () => {
    let count = 0
    const target = resolve({ username: 'user', password: () => `password ${(count += 1)}` })
    expect(await target.access.credentials()).to.deep.equal({
      username: 'user',
      password: 'password 1',
    })
    expect(await target.access.credentials()).to.include({ password: 'password 2' })
    const both = resolve({ password: async () => ({ username: 'other', password: 'x' }) })
    expect(await both.access.credentials()).to.deep.equal({ username: 'other', password: 'x' })
  })

  it('F27: reads sentinels, with a login of their own and the TLS of the data', async () => {
    const { topology, access } = resolve({
      password: 'data',
      tls: { servername: 'x' },
      sentinel: {
        name: 'main',
        nodes: ['one', { host: 'two', port: 7 }, '[::1]:8'],
        password: 's',
      },
    })
    if (topology.kind !== 'sentinel') throw new Error(`it is a ${topology.kind}`)
    expect(topology.master).to.equal('main')
    expect(topology.nodes).to.deep.equal([
      { host: 'one', port: 26_379 },
      { host: 'two', port: 7 },
      { host: '::1', port: 8 },
    ])
    expect(topology.access.tls).to.deep.equal({ servername: 'x' })
    expect(await topology.access.credentials()).to.include({ password: 's' })
    expect(await access.credentials()).to.include({ password: 'data' })
  })

  it('F29: reads the nodes of a cluster', () => {
    const { topology } = resolve({ cluster: ['redis://a:1', 'b', { host: 'c' }] })
    expect(topology).to.deep.equal({
      kind: 'cluster',
      seeds: [
        { host: 'a', port: 1 },
        { host: 'b', port: 6_379 },
        { host: 'c', port: 6_379 },
      ],
    })
  })

  it('translates addresses by the map it is given', () => {
    const { natMap } = resolve({ natMap: { '10.0.0.1:6379': { host: 'outside', port: 7 } } })
    expect(natMap('10.0.0.1:6379')).to.deep.equal({ host: 'outside', port: 7 })
    expect(natMap('10.0.0.2:6379')).to.equal(undefined)
  })

  for (const [major, createClient] of [
    ['6', (url: string, options: object) => new Redis(url, { lazyConnect: true, ...options })],
    ['5', (url: string, options: object) => new Redis5(url, { lazyConnect: true, ...options })],
  ] as const) {
    it(`F51: reads address and login off a client of ioredis ${major}, and follows its password`, async () => {
      const client = createClient('redis://user:first@host:7/3', { tls: {} })
      const target = resolve(client, neverLoaded)
      expect(target.topology).to.deep.equal(single('host', 7))
      expect(target).to.include({ database: 3, connectTimeout: 600 })
      expect(target.access.tls).to.deep.equal({})
      expect(await target.access.credentials()).to.deep.equal({
        username: 'user',
        password: 'first',
      })
      client.options.password = 'second'
      expect(await target.access.credentials()).to.include({ password: 'second' })
      client.disconnect()
    })

    it(`F27: reads the sentinels off a client of ioredis ${major}`, () => {
      const sentinels = [{ host: 'one', port: 1 }]
      const client = createClient('redis://ignored', { sentinels, name: 'main' })
      const { topology } = resolve(client, neverLoaded)
      expect(topology).to.include({ kind: 'sentinel', master: 'main' })
      expect(topology).to.deep.include({ nodes: [{ host: 'one', port: 1, path: undefined }] })
      client.disconnect()
    })
  }

  it('F51: reads the nodes and the login off a Cluster', async () => {
    const cluster = new Cluster(['redis://a:1', { host: 'b', port: 2 }, 3], {
      lazyConnect: true,
      redisOptions: { password: 'secret' },
    })
    const { topology, access } = resolve(cluster)
    const seeds = topology.kind === 'cluster' ? topology.seeds : []
    expect(seeds.map(({ host, port }) => `${host}:${port}`)).to.deep.equal([
      'a:1',
      'b:2',
      '127.0.0.1:3',
    ])
    expect(await access.credentials()).to.include({ password: 'secret' })
    cluster.disconnect()
  })

  it('S34: shows no password when it is inspected or serialised', () => {
    const target = resolve({ username: 'user', password: SECRET, tls: true })
    expect(inspect(target, { depth: 9, showHidden: true })).to.not.include(SECRET)
    expect(JSON.stringify(target)).to.not.include(SECRET)
  })

  it('is a compile error where a client, a URL or an option is wrong', () => {
    const options: readonly RedisInput[] = [
      'redis://host',
      new Redis({ lazyConnect: true }),
      new Redis5({ lazyConnect: true }),
      new Cluster(['redis://a'], { lazyConnect: true }),
      { host: 'x', password: async () => 'token' },
    ]
    expect(options).to.have.lengthOf(5)
    // @ts-expect-error a port is a number
    const wrong: RedisConnectionOptions = { port: '6379' }
    expect(failure(wrong)).to.be.instanceOf(CacheConfigurationError)
  })
})

type Loader = Parameters<typeof resolveRedis>[1]

const loadedClient: Loader = () => () => {
  throw new Error('nothing connects here')
}

const neverLoaded: Loader = () => {
  throw new Error('a client of the user brings its own driver')
}

function resolve(input: RedisInput, loader = loadedClient): RedisTarget {
  return resolveRedis(input, loader)
}

function failure(input: unknown): unknown {
  try {
    return resolve(input as RedisInput)
  } catch (error) {
    return error
  }
}

function single(host: string, port: number): object {
  return { kind: 'single', endpoint: { host, port, path: undefined } }
}
