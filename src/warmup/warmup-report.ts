/** The outcome of one item. */
export type WarmupOutcome =
  | { readonly outcome: 'warmed'; readonly duration: number }
  | { readonly outcome: 'skipped'; readonly reason: WarmupSkip; readonly duration: number }
  | { readonly outcome: 'failed'; readonly failure: WarmupFailure; readonly duration: number }

/** Why an item needed no load. */
export type WarmupSkip =
  /** The key is stored and fresh. */
  | 'fresh'
  /** Another process of the fleet has just refreshed the key. */
  | 'elsewhere'
  /** The call is not cached: `enabled: false`, or its `condition` returns false. */
  | 'disabled'

/**
 * Why an item failed. Holds only the class and the code of the error, because messages may contain
 * values.
 */
export interface WarmupFailure {
  readonly reason: WarmupFailureReason
  /** The class of the error; undefined when there was no error. */
  readonly error: string | undefined
  /** The error's `code`, if it has a plausible one. */
  readonly code: string | number | undefined
}

/** Why an item failed, in one word. */
export type WarmupFailureReason =
  /** The method, or the item's own `load`, threw. */
  | 'load'
  /** The load took longer than the `timeout` of its `@Warm`. It goes on in the background. */
  | 'timeout'
  /** The run ended during the load, which goes on in the background. */
  | WarmupCut
  /** The source of arguments failed, at the start or before its end. */
  | 'source'
  /** The source returned something other than an argument list. */
  | 'arguments'
  /** The arguments cannot be a key. */
  | 'no-key'
  /**
   * `scope` returned no scope, for example because it relies on a request, which a warm-up does not
   * have.
   */
  | 'no-scope'

/** What ended a run early: its deadline, its signal, or `stop` or the closing of the cache. */
export type WarmupCut = 'deadline' | 'aborted' | 'stopped'

/** The progress of a run, reported after each item. */
export interface WarmupProgress {
  /** Number of items that are done, whatever their outcome. */
  readonly done: number
  /**
   * Number of items known so far. Grows during the run for iterables that do not state their size.
   */
  readonly total: number
  /** Name of the `@Warm`, or of the added items, that the item belongs to. */
  readonly name: string
  readonly outcome: WarmupOutcome['outcome']
}

/** The result of a run. */
export interface WarmupReport {
  /** One report for each `@Warm` of each instance and for each name of added items, by priority. */
  readonly tasks: readonly WarmupTaskReport[]
  readonly warmed: number
  readonly skipped: number
  readonly failed: number
  /** Duration of the run in milliseconds. */
  readonly duration: number
  /** What ended the run early; undefined when every item was tried. */
  readonly cut: WarmupCut | undefined
}

/** The result of a run for one `@Warm`, or for the added items of one name. */
export interface WarmupTaskReport {
  readonly name: string
  readonly isCritical: boolean
  /** Whether every item was tried and ended. */
  readonly isComplete: boolean
  readonly warmed: number
  readonly skipped: number
  readonly skips: Readonly<Record<WarmupSkip, number>>
  readonly failed: number
  /**
   * Distinct failures with their counts. Beyond the twentieth, failures are only counted in
   * `failed`.
   */
  readonly failures: readonly (WarmupFailure & { readonly count: number })[]
  /** Milliseconds from the request for the first item to the end of the last. */
  readonly duration: number
}
