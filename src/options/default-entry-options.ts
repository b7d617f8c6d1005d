import type { EntryOptions } from './entry-options.js'

/** The defaults of all entry options. */
export const DEFAULT_ENTRY_OPTIONS = Object.freeze({
  version: 1,
  ttl: '5m',
  jitter: 0.1,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  refreshAhead: 0,
  timeout: Object.freeze({ hard: '30s' }),
  concurrency: Number.POSITIVE_INFINITY,
  queue: 1_000,
  errorBackoff: 0,
  tiers: Object.freeze(['memory', 'redis'] as const),
  consistency: 'bounded',
  isolation: 'freeze',
  maxValueBytes: 1_048_576,
  compressAbove: 8_192,
  enabled: true,
}) satisfies EntryOptions
