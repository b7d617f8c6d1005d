import type { Cache } from '../../src/cache.js'
import type { CacheOptions } from '../../src/cache-options.js'
import { resolveCacheOptions } from '../../src/resolve-cache-options.js'
import type { Clock } from '../../src/clock.js'
import { Composition } from '../../src/composition.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'
import type { CachedOptions } from '../../src/options/cached-options.js'
import type { WarmOptions } from '../../src/options/warm-options.js'
import { openRedisTier } from '../../src/redis/redis-tier.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import type { WarmupHooks } from '../../src/warmup/warmup-hooks.js'

export interface Warmable {
  readonly cache: Cache
  readonly clock: FakeClock
  /** What the cache would call when it is closed. */
  readonly closing: (() => Promise<void>)[]
}

/** A cache in memory, whose time is the test's, with what a warm-up needs of its inside. */
export function warmable(options: CacheOptions = {}, random: () => number = () => 0.5): Warmable {
  const clock = new FakeClock()
  const closing: (() => Promise<void>)[] = []
  const { cache, parts } = new Composition(
    resolveCacheOptions({ clock, memory: { maxItems: 5_000 }, ...options }),
    () => undefined,
  )
  const warmup = {
    clock,
    background: parts.background,
    random,
    claims: undefined,
    whenProven: undefined,
    onClose: (close: () => Promise<void>) => closing.push(close),
  }
  return { cache: withHooks(cache, warmup), clock, closing }
}

/** As `warmable`, but agreeing with others like it, which are the runners of the same cache here. */
export function claiming(): Warmable {
  const made = warmable()
  const { cache } = made
  const warmup = { ...cache.warmup, claims: () => cache.namespace('cachewright.warmup') }
  return { ...made, cache: withHooks(cache, warmup) }
}

/** As `warmable`, with Redis and the real time; the warm-up may have a time of its own. */
export function warmableOnRedis(options: CacheOptions, clock?: Clock): Cache {
  const resolved = resolveCacheOptions(options)
  const { redis = '' } = options
  const { cache, parts } = new Composition(resolved, (names, onEvent) =>
    openRedisTier(redis, resolved, names, onEvent),
  )
  const warmup = {
    ...cache.warmup,
    clock: clock ?? parts.clock,
    random: () => 0.5,
    onClose: () => undefined,
  }
  return withHooks(cache, warmup)
}

/** The cache, telling its warm-up what the test wants it to. */
function withHooks(cache: Cache, warmup: WarmupHooks): Cache {
  return Object.defineProperty(cache, 'warmup', { value: warmup, configurable: true })
}

/** A service whose methods do what the test says. */
export interface TestService {
  readonly calls: string[]
  profile(id: string): Promise<string>
}

export type Load = (id: string) => Promise<string>

/** A service with one warm method: `name` is its class's namespace and its own name in reports. */
export function serviceWith(
  warm: WarmOptions<[id: string]>,
  load: Load = (id) => Promise.resolve(`profile ${id}`),
  { name = 'users', ...cached }: CachedOptions<[id: string], string> & { name?: string } = {},
): TestService {
  @CacheConfig({ namespace: name, ttl: '1h', jitter: 0 })
  class UserService implements TestService {
    readonly calls: string[] = []

    @Warm({ name, ...warm })
    @Cached(cached)
    async profile(id: string): Promise<string> {
      this.calls.push(id)
      return load(id)
    }
  }
  return new UserService()
}

/** Argument lists of `count` ids that begin with `prefix`. */
export function ids(prefix: string, count: number): [id: string][] {
  return Array.from({ length: count }, (_, index) => [`${prefix}${index + 1}`])
}
