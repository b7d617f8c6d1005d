export { createTestCache } from './testing/create-test-cache.js'
export { FakeClock } from './testing/fake-clock.js'
export { RecordingObserver } from './testing/recording-observer.js'

export type { TestCache, TestCacheOptions } from './testing/create-test-cache.js'
