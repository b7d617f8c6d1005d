const BRAND = Symbol.for('cachewright/error')

/** Identifies the kind of a `CacheError`. Programs compare codes, never messages. */
export type CacheErrorCode =
  | 'CACHE_CONFIGURATION'
  | 'CACHE_DECLARATION'
  | 'CACHE_WEAVING'
  | 'CACHE_INVALIDATION_UNCONFIRMED'
  | 'CACHE_LOAD_TIMEOUT'
  | 'CACHE_LOAD_REJECTED'
  | 'CACHE_REDIS_UNAVAILABLE'

/**
 * Base class of every error that cachewright throws. Errors of your own methods are never wrapped.
 */
export class CacheError extends Error {
  readonly code: CacheErrorCode

  constructor(code: CacheErrorCode, message: string) {
    super(message)
    this.code = code
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** Whether `error` is a `CacheError`, including one from another copy of the package. */
  static is(error: unknown): error is CacheError {
    return typeof error === 'object' && error !== null && BRAND in error
  }
}

/** An option is unknown or has an invalid value. Thrown where the option is given. */
export class CacheConfigurationError extends CacheError {
  override readonly name = 'CacheConfigurationError'

  /**
   * @param option the option's name and what it belongs to, such as `UserService.profile: ttl`
   * @param expected what the option accepts; the whole problem if `received` is left out
   * @param received the value it got; only its kind and short scalars are shown
   */
  constructor(option: string, expected: string, ...received: readonly [unknown?]) {
    const problem =
      received.length === 0 ? expected : `expected ${expected}, got ${show(received[0])}`
    super('CACHE_CONFIGURATION', `${option}: ${problem}`)
  }
}

/** A decorator is used where it cannot work. Thrown when the class is defined. */
export class CacheDeclarationError extends CacheError {
  override readonly name = 'CacheDeclarationError'

  constructor(message: string) {
    super('CACHE_DECLARATION', message)
  }
}

/**
 * The decorators of a class contradict one another or this cache. Thrown when an instance is woven.
 */
export class CacheWeavingError extends CacheError {
  override readonly name = 'CacheWeavingError'

  constructor(message: string) {
    super('CACHE_WEAVING', message)
  }
}

/**
 * Redis did not confirm an invalidation and `onInvalidationFailure` is `'reject'`. The invalidation
 * is still retried until Redis confirms it, and this process serves nothing older than it.
 */
export class CacheInvalidationError extends CacheError {
  override readonly name = 'CacheInvalidationError'
  /** Number of targets (keys, tags, namespaces) that Redis did not confirm. */
  readonly unconfirmed: number

  constructor(unconfirmed: number) {
    super(
      'CACHE_INVALIDATION_UNCONFIRMED',
      `Redis did not confirm ${unconfirmed} invalidation target(s); they are retried until it does`,
    )
    this.unconfirmed = unconfirmed
  }
}

/** The method did not settle within its hard timeout. Its late result is dropped. */
export class CacheLoadTimeoutError extends CacheError {
  override readonly name = 'CacheLoadTimeoutError'

  constructor(entry: string, timeout: number) {
    super('CACHE_LOAD_TIMEOUT', `${entry} did not settle within ${timeout} ms`)
  }
}

/** As many calls run as `concurrency` allows, and as many wait as `queue` allows. */
export class CacheLoadRejectedError extends CacheError {
  override readonly name = 'CacheLoadRejectedError'

  constructor(entry: string, limit: number) {
    super('CACHE_LOAD_REJECTED', `${entry}: ${limit} calls run and the queue behind them is full`)
  }
}

/** The shared tier did not answer in time. Never reaches the caller: reads become misses. */
export class RedisUnavailableError extends CacheError {
  override readonly name = 'RedisUnavailableError'

  constructor(reason: string) {
    super('CACHE_REDIS_UNAVAILABLE', reason)
  }
}

/** A received value of which only the kind may be shown, because it may be a secret or a key. */
class Kind {
  readonly text: string

  constructor(value: unknown) {
    this.text = isNothing(value) ? String(value) : Array.isArray(value) ? 'a list' : named(value)
  }
}

/** @internal Wraps a received value so that a `CacheConfigurationError` shows only its kind. */
export function kindOf(value: unknown): unknown {
  return new Kind(value)
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function named(value: unknown): string {
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Describes a received value without revealing long texts or the contents of objects. */
function show(value: unknown): string {
  if (value instanceof Kind) return value.text
  if (typeof value === 'string') {
    return value.length <= 40 ? JSON.stringify(value) : `a string of ${value.length} characters`
  }
  if (value === null || ['number', 'boolean', 'undefined', 'bigint'].includes(typeof value)) {
    return String(value)
  }
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  return Array.isArray(value) ? `an array of ${value.length}` : named(value)
}
