export { Cache } from './cache.js'
export { createCache } from './create-cache.js'
export { CacheConfig } from './decorators/cache-config.js'
export { CacheEvict } from './decorators/cache-evict.js'
export { CachePut } from './decorators/cache-put.js'
export { CachedMany } from './decorators/cached-many.js'
export { Cached } from './decorators/cached.js'
export { Warm } from './decorators/warm.js'
export { EntryHandle, entryOf } from './entry-handle.js'
export { cacheOptionsFromEnvironment } from './environment.js'
export {
  CacheConfigurationError,
  CacheDeclarationError,
  CacheError,
  CacheInvalidationError,
  CacheLoadRejectedError,
  CacheLoadTimeoutError,
  CacheWeavingError,
} from './errors.js'
export { cacheKey } from './keys/canonical.js'
export { keys } from './keys/templates.js'
export { CacheNamespace } from './namespace.js'
export { requestScope, runInRequestScope } from './request-scope.js'
export { WarmupRunner } from './warmup/warmup-runner.js'
export { weave } from './weave.js'

export type {
  CacheOptions,
  CoherenceOptions,
  MemoryOptions,
  NamespaceOverrides,
  TimeoutsOptions,
} from './cache-options.js'
export type { Clock } from './clock.js'
export type { Duration } from './duration.js'
export type { Confirmation } from './engine/invalidator.js'
export type { MissReason } from './engine/miss-reasons.js'
export type { Consistency, Isolation } from './engine/policy.js'
export type { PutResult } from './engine/put-operation.js'
export type { CachedMethodName, HandleOf } from './entry-handle.js'
export type { CacheErrorCode } from './errors.js'
export type { BypassReason, Explanation } from './explain.js'
export type { KeyMode } from './keys/names.js'
export type { LoadOptions, SetOptions } from './key-options.js'
export type { Reservation } from './namespace.js'
export type { CacheSummary } from './observability/cache-summary.js'
export type { DurationStatistics } from './observability/duration-histogram.js'
export type { CacheHealth, RedisHealth, RedisState } from './observability/health.js'
export type { CacheLogger } from './observability/logger.js'
export type {
  CacheObserver,
  CallEvent,
  ConnectionEvent,
  HitEvent,
  InvalidationEvent,
  LoadEvent,
  MissEvent,
  OtherCallEvent,
  WarningCause,
  WarningEvent,
} from './observability/observer.js'
export type {
  BackgroundStatistics,
  CacheStatistics,
  CallStatistics,
  EntryStatistics,
  InvalidationStatistics,
  MemoryStatistics,
} from './observability/statistics.js'
export type { CacheConfigOptions } from './options/cache-config-options.js'
export type { CacheEvictOptions } from './options/cache-evict-options.js'
export type { CachePutOptions } from './options/cache-put-options.js'
export type { CachedManyOptions, ItemsShape, MissingItems } from './options/cached-many-options.js'
export type { CachedOptions } from './options/cached-options.js'
export type { EntryOptions, Key, KeyScalar, TimeoutOptions } from './options/entry-options.js'
export type { ClassReference, EntryReference } from './options/entry-reference.js'
export type { WarmArguments, WarmOptions } from './options/warm-options.js'
export type { RedisConnectionOptions, RedisInput } from './redis/redis-options.js'
export type { RedisStatistics } from './redis/redis-statistics.js'
export type { WarmupScheduleState } from './warmup/repeats.js'
export type { WarmItem, WarmupInstances, WarmupRunOptions } from './warmup/warmup-options.js'
export type {
  WarmupCut,
  WarmupFailure,
  WarmupFailureReason,
  WarmupOutcome,
  WarmupProgress,
  WarmupReport,
  WarmupSkip,
  WarmupTaskReport,
} from './warmup/warmup-report.js'
export type { EncryptionKeys } from './values/encryption.js'
