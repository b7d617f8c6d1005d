/** What became of one item. */
export type WarmupOutcome =
  | { readonly outcome: 'warmed'; readonly duration: number }
  | { readonly outcome: 'skipped'; readonly reason: WarmupSkip; readonly duration: number }
  | { readonly outcome: 'failed'; readonly failure: WarmupFailure; readonly duration: number }

/** Why there was nothing to do for an item. */
export type WarmupSkip =
  /** It is stored and fresh. */
  | 'fresh'
  /** Another process of the fleet has just refreshed it. */
  | 'elsewhere'
  /** The call is not cached at all: `enabled: false`, or its `condition` says no. */
  | 'disabled'

/** Why an item failed. Class and code of the error only: messages hold values. */
export interface WarmupFailure {
  readonly reason: WarmupFailureReason
  /** The class of the error; undefined where there was none. */
  readonly error: string | undefined
  /** The error's `code`, where it has one that looks like one. */
  readonly code: string | number | undefined
}

export type WarmupFailureReason =
  /** The method, or the item's own `load`, threw. */
  | 'load'
  /** It took longer than the `timeout` of its `@Warm`. The load itself goes on. */
  | 'timeout'
  /** The run ended while it was loading; the load itself goes on. */
  | WarmupCut
  /** The list of arguments could not be had, or not to its end. */
  | 'source'
  /** What the list held is not an argument list. */
  | 'arguments'
  /** Its arguments cannot be a key. */
  | 'no-key'
  /** `scope` gave nothing, as it does when it relies on a request that warm-up does not have. */
  | 'no-scope'

/** What ended a run early: its deadline, its signal, or `stop` and the end of the cache. */
export type WarmupCut = 'deadline' | 'aborted' | 'stopped'

/** Told after each item. */
export interface WarmupProgress {
  /** Items that are over, however they ended. */
  readonly done: number
  /** Items known so far: iterables that do not say how many they hold make it grow. */
  readonly total: number
  /** To which `@Warm` the item belongs. */
  readonly name: string
  readonly outcome: WarmupOutcome['outcome']
}

/** What a run has done. */
export interface WarmupReport {
  /** One for each `@Warm` of each instance, and for each name of added items, by priority. */
  readonly tasks: readonly WarmupTaskReport[]
  readonly warmed: number
  readonly skipped: number
  readonly failed: number
  /** Milliseconds. */
  readonly duration: number
  /** What ended it early; undefined when everything was tried. */
  readonly cut: WarmupCut | undefined
}

/** What a run has done for one `@Warm`, or for the added items of one name. */
export interface WarmupTaskReport {
  readonly name: string
  readonly isCritical: boolean
  /** Whether every item was tried to its end. */
  readonly isComplete: boolean
  readonly warmed: number
  readonly skipped: number
  readonly skips: Readonly<Record<WarmupSkip, number>>
  readonly failed: number
  /** How often items failed in which way. Ways beyond the twentieth are counted in `failed` only. */
  readonly failures: readonly (WarmupFailure & { readonly count: number })[]
  /** Milliseconds from its first item, or the request for it, to the end of its last. */
  readonly duration: number
}
