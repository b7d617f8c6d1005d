import { expect } from 'chai'

import type { Cache } from '../src/cache.js'
import { CacheConfig } from '../src/decorators/cache-config.js'
import { Cached } from '../src/decorators/cached.js'
import { entryOf } from '../src/entry-handle.js'
import { CacheConfigurationError } from '../src/errors.js'
import { inspect } from '../src/node-util.js'
import { runInRequestScope } from '../src/request-scope.js'
import { createTestCache, type FakeClock } from '../src/testing.js'

@CacheConfig({ namespace: 'users', ttl: '90s' })
class Users {
  @Cached({ consistency: 'strict', version: 2 })
  async name(id: string): Promise<string> {
    return id
  }

  @Cached({ ttl: () => '1m' })
  async page(_options: unknown): Promise<string> {
    return 'page'
  }

  @Cached({ scope: () => undefined })
  async own(id: string): Promise<string> {
    return id
  }

  @Cached({
    key: () => {
      throw new Error('hunter2')
    },
  })
  async keyed(id: string): Promise<string> {
    return id
  }
}

const SECRET = 'hunter2'

describe('The cache by hand', () => {
  let cache: Cache
  let clock: FakeClock

  beforeEach(() => {
    ;({ cache, clock } = createTestCache())
  })

  afterEach(() => cache.close())

  /** What a program without types may write. Each rejects, and none throws at once. */
  const mistakes: readonly (readonly [string, (untyped: never) => Promise<unknown>, RegExp])[] = [
    [
      'get: a function as key',
      (x) => cache.get(x),
      /^namespace default: key: expected something .*function/,
    ],
    [
      'getMany: a text',
      () => cache.getMany(SECRET as never),
      /keys: expected a list of keys, got a string$/,
    ],
    [
      'deleteMany: a text',
      () => cache.namespace('default').deleteMany(SECRET),
      /keys: expected a list of keys/,
    ],
    [
      'setMany: an object',
      () => cache.setMany({ a: 1 } as never),
      /values: expected pairs of key and value/,
    ],
    ['setMany: a list of texts', () => cache.setMany([SECRET] as never), /values: expected pairs/],
    [
      'getOrLoad: a value',
      () => cache.getOrLoad('key', SECRET as never),
      /load: expected a function/,
    ],
    [
      'getOrLoad: a function as key',
      (x) => cache.getOrLoad(x, async () => 1),
      /key: expected something/,
    ],
    [
      'set: an unknown option',
      () => cache.set('key', 1, { tll: 5 } as never),
      /tll: expected one of the options ttl, tags, scope, got "tll"$/,
    ],
    [
      'set: a signal',
      () => cache.set('key', 1, { signal: 1 } as never),
      /signal: expected one of the options ttl, tags, scope/,
    ],
    [
      'set: options that are none',
      () => cache.set('key', 1, 5 as never),
      /options: expected an object/,
    ],
    [
      'set: a wrong ttl',
      () => cache.set('key', 1, { ttl: 'soon' as never }),
      /^namespace default: ttl: expected a duration/,
    ],
    [
      'set: a text as tags',
      () => cache.set('key', 1, { tags: SECRET as never }),
      /tags: expected a list of non-empty strings/,
    ],
    [
      'set: an empty scope',
      () => cache.set('key', 1, { scope: '' }),
      /scope: expected a non-empty string/,
    ],
    [
      'getOrLoad: a wrong signal',
      () => cache.getOrLoad('key', async () => 1, { signal: {} as never }),
      /signal: expected an AbortSignal/,
    ],
    ['delete: a function as key', (x) => cache.delete(x), /key: expected something/],
    ['expire: a function as key', (x) => cache.expire(x), /key: expected something/],
    [
      'explain: a function as key',
      (x) => cache.namespace('default').explain(x),
      /key: expected something/,
    ],
    [
      'get: a scope that was looked for and not found',
      () => cache.namespace('default').get('key', { scope: undefined as never }),
      /scope: expected a non-empty string, got undefined$/,
    ],
    [
      'get: a ttl',
      () => cache.namespace('default').get('key', { ttl: 5 } as never),
      /ttl: expected one of the options scope, got "ttl"$/,
    ],
    [
      'clearScope: nothing',
      () => cache.namespace('default').clearScope(undefined as never),
      /scope: expected a non-empty string, got undefined$/,
    ],
    [
      'clearScope: no scope',
      () => cache.namespace('default').clearScope(''),
      /scope: expected a non-empty string/,
    ],
    [
      'invalidateTags: nothing',
      () => cache.invalidateTags(undefined as never),
      /^invalidateTags: expected a list of tags, got undefined$/,
    ],
    [
      'invalidateTags: a number among them',
      () => cache.invalidateTags([5 as never]),
      /^invalidateTags: expected non-empty strings$/,
    ],
    [
      'unitOfWork: a promise',
      () => cache.unitOfWork(Promise.resolve() as never),
      /^unitOfWork: expected a function/,
    ],
    [
      'outcome: a promise',
      () => cache.outcome(Promise.resolve() as never),
      /^outcome: expected a function/,
    ],
    [
      'health: an unknown option',
      () => cache.health({ prob: true } as never),
      /^health: prob: .*\(is it probe\?\)$/,
    ],
  ]

  for (const [mistake, make, message] of mistakes) {
    it(`refuses a mistake by a rejection that names it: ${mistake}`, async () => {
      const failure = await make((() => SECRET) as never).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(failure).to.be.instanceOf(CacheConfigurationError)
      expect(failure).to.have.property('message').that.matches(message)
      expect((failure as Error).message).to.not.include(SECRET)
    })
  }

  it('refuses a namespace and a request that are none', () => {
    expect(() => cache.namespace(5 as never)).to.throw(CacheConfigurationError, /^namespace: /)
    expect(() => runInRequestScope(5 as never)).to.throw(
      CacheConfigurationError,
      /^runInRequestScope: /,
    )
  })

  it('stores nothing of a list in which one key is none', async () => {
    const values = [
      ['good', 1],
      [() => 1, 2],
    ] as never
    await cache.setMany(values).catch(() => undefined)
    expect(await cache.get('good')).to.equal(undefined)
    await cache.setMany(new Map([['good', 1]]))
    expect(await cache.get('good')).to.equal(1)
  })

  it('tells the ttl in whole milliseconds', async () => {
    await cache.set('key', 1, { ttl: 1_000 })
    clock.set(0.25)
    expect(await cache.ttl('key')).to.equal(1_000)
  })

  it('I1: a reservation that has ended stores nothing more', async () => {
    for (const end of ['commit', 'abandon'] as const) {
      const rows = cache.namespace('rows')
      const reservation = await rows.reserve('key')
      await reservation[end]('old')
      await rows.delete('key')
      const failure = await reservation.commit('older').catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(CacheConfigurationError)
      reservation.abandon()
      expect(await rows.get('key')).to.equal(undefined)
    }
  })

  it('I11: says inside of a unit of work that nothing is confirmed yet, and around it what is', async () => {
    const change = (): Promise<unknown> => cache.delete('key')
    const inside = await cache.unitOfWork(() => cache.outcome(change))
    expect(inside).to.include({ durable: false, unconfirmed: 1 })
    const around = await cache.outcome(() => cache.unitOfWork(change))
    expect(around).to.include({ durable: true, unconfirmed: 0 })
    expect(await cache.unitOfWork(() => cache.outcome(async () => 1))).to.include({ durable: true })
    expect(await cache.unitOfWork(() => cache.invalidateTags([]))).to.include({ durable: true })
  })

  it('says that nothing was stored where nothing was', async () => {
    const { cache: nowhere } = createTestCache({ defaults: { tiers: ['redis'] } })
    expect(await nowhere.set('key', 1)).to.include({ stored: false })
    const { cache: closed } = createTestCache()
    expect(await closed.set('key', 1)).to.include({ stored: true })
    await closed.close()
    expect(await closed.set('key', 1)).to.include({ stored: false })
    await nowhere.close()
  })

  it('tells what a handle cannot do with its arguments, by class, method and option', async () => {
    const users = cache.weave(new Users())
    const failureOf = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'nothing was refused',
        (error: Error) => error.message,
      )
    expect(await failureOf(entryOf(users, 'name').put(SECRET as never, ''))).to.equal(
      "Users.name: put: expected the method's arguments as a list, then its result, got a string",
    )
    expect(await failureOf(entryOf(users, 'page').evict(() => SECRET))).to.equal(
      'Users.page: arguments: expected arguments that can be a key (arguments[0]: function)',
    )
    expect(await failureOf(entryOf(users, 'own').refresh('1'))).to.equal(
      'Users.own: arguments: they have no key, since `scope` gave none',
    )
    expect(await failureOf(entryOf(users, 'keyed').evict('1'))).to.equal(
      'Users.keyed: arguments: they have no key, since `key` threw',
    )
  })

  it('S34: shows a handle and a namespace by name and settings, and nothing of what they hold', async () => {
    const users = cache.weave(new Users())
    await users.name(SECRET)
    expect(inspect(entryOf(users, 'name'))).to.match(
      /^EntryHandle \{\s+namespace: 'users',\s+entry: 'name',\s+version: '2',\s+isEnabled: true,\s+tiers: \[ 'memory' \],\s+ttl: '90s',\s+consistency: 'strict'\s+\}$/,
    )
    expect(inspect(entryOf(users, 'page'))).to.include("ttl: 'by result'")
    await cache.set(SECRET, SECRET)
    const shown = inspect(cache.namespace('default'))
    expect(shown).to.match(/^CacheNamespace \{\s+namespace: 'default',/)
    expect(shown).to.include("ttl: '5m'")
    expect(shown).to.not.include(SECRET)
    expect(inspect(cache)).to.match(/^Cache \{\s+cache: 'cachewright',/)
  })
})
