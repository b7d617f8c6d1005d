import type { Cache } from '../cache.js'
import type { CacheOptions } from '../cache-options.js'
import { Composition } from '../composition.js'
import { CacheConfigurationError, kindOf } from '../errors.js'
import { resolveCacheOptions } from '../resolve-cache-options.js'
import { FakeClock } from './fake-clock.js'
import { RecordingObserver } from './recording-observer.js'

/** The options of `createCache` without `redis` and `observer`, and with a `FakeClock` as clock. */
export interface TestCacheOptions extends Omit<CacheOptions, 'redis' | 'clock' | 'observer'> {
  /** Pass one clock to several caches to move their time together. @default a new one, at 0 */
  readonly clock?: FakeClock | undefined
}

/** A cache with the tools to test it. */
export interface TestCache {
  readonly cache: Cache
  /** The cache's only source of time. */
  readonly clock: FakeClock
  /** Records everything the cache did. */
  readonly observer: RecordingObserver
}

/**
 * Creates a cache for the tests of a service. It keeps entries in memory only, its time stands
 * still until the test advances it, and no ttl is shortened by jitter, whatever the decorators say.
 * Everything else is the real implementation.
 *
 * @throws CacheConfigurationError with the option, the expected and the received value
 *
 * @example
 * const { cache, clock, observer } = createTestCache()
 * const news = weave(new News(), cache)
 * await news.frontPage()
 * await clock.advance(3_600_000)
 */
export function createTestCache(options: TestCacheOptions = {}): TestCache {
  const { clock = new FakeClock(), ...others } = options
  const observer = new RecordingObserver()
  for (const name of OWN) {
    if ((others as CacheOptions)[name] !== undefined) {
      throw new CacheConfigurationError(`createTestCache: ${name}`, `cannot be set: ${WHY[name]}`)
    }
  }
  if (!(clock instanceof FakeClock)) {
    throw new CacheConfigurationError('createTestCache: clock', 'a FakeClock', kindOf(clock))
  }
  const resolved = resolveCacheOptions({ ...others, redis: undefined, clock, observer })
  const { cache } = new Composition(resolved, () => undefined, withoutJitter)
  return { cache, clock, observer }
}

/** Options that a test cache provides itself and would otherwise silently ignore. */
const OWN = ['redis', 'observer'] as const

const WHY = {
  redis:
    'a test cache keeps its entries in memory; for Redis, use createCache with a prefix of its own',
  observer: 'a test cache returns one that records',
} as const

function withoutJitter(): number {
  return 0
}
