import type { MissReason } from '../engine/miss-reasons.js'
import type { MemoryTally } from '../tiers/memory-tier.js'
import { DurationHistogram } from './duration-histogram.js'

/** How a call ended: a hit in either tier, a miss, or otherwise. */
export type CallEnd = 'memory' | 'redis' | 'miss' | 'stale' | 'bypass' | 'error'

/**
 * One memory hit in this many is timed: timing them all would cost as much as the hits themselves.
 */
export const HITS_PER_SAMPLE = 64

/**
 * The counters of one entry: plain numbers, so that counting costs next to nothing. Every call ends
 * as exactly one of hit, miss, stale, bypassed and error, so these add up to the calls that ended.
 */
export class EntryCounters implements MemoryTally {
  readonly namespace: string
  readonly entry: string
  /** Calls answered from this process's memory on the fast path. */
  fastHits = 0
  /** Calls that took the slow path, however they ended. */
  slowCalls = 0
  /** Calls on the slow path that have ended. */
  slowEnds = 0
  /** Calls on the slow path that memory answered, such as one that starts a refresh ahead. */
  slowHits = 0
  redisHits = 0
  misses = 0
  stale = 0
  bypassed = 0
  errors = 0
  /** Calls that waited for a load that another call had started. */
  coalesced = 0
  /** Runs of the method, for calls and refreshes. */
  loads = 0
  loadFailures = 0
  refreshes = 0
  /** Values put into memory. */
  stored = 0
  /** Sealed bytes sent to Redis. */
  storedBytes = 0
  /**
   * Results that were not stored because the key or one of its markers was invalidated meanwhile.
   */
  fencedStores = 0
  /** Results that cannot be stored because they are too large or cannot be copied. */
  refusedValues = 0
  memoryItems = 0
  memoryBytes = 0
  capacityEvictions = 0
  readonly missReasons = new Map<MissReason, number>()
  /** Duration of one memory hit in `HITS_PER_SAMPLE`. */
  readonly memoryHitTime = new DurationHistogram()
  readonly redisHitTime = new DurationHistogram()
  /** How long callers of misses waited for Redis, the lease and the method together. */
  readonly missTime = new DurationHistogram()
  /** How long the method ran. */
  readonly loadTime = new DurationHistogram()

  constructor(namespace: string, entry: string) {
    this.namespace = namespace
    this.entry = entry
  }

  /** Calls that have ended. */
  get calls(): number {
    return this.fastHits + this.slowEnds
  }

  get running(): number {
    return this.slowCalls - this.slowEnds
  }

  get memoryHits(): number {
    return this.fastHits + this.slowHits
  }

  /** Counts the end of a call on the slow path. */
  count(end: CallEnd, milliseconds: number): void {
    if (end === 'memory') this.slowHits++
    else if (end === 'redis') this.redisHits++
    else if (end === 'miss') this.misses++
    else if (end === 'stale') this.stale++
    else if (end === 'bypass') this.bypassed++
    else this.errors++
    if (end === 'redis') this.redisHitTime.record(milliseconds)
    else if (end === 'miss') this.missTime.record(milliseconds)
  }

  countMiss(reason: MissReason, times = 1): void {
    this.missReasons.set(reason, (this.missReasons.get(reason) ?? 0) + times)
  }

  /** Adds the counts of another entry. */
  add(other: EntryCounters): void {
    for (const name of SUMMED) this[name] += other[name]
    for (const [reason, times] of other.missReasons) this.countMiss(reason, times)
    this.memoryHitTime.add(other.memoryHitTime)
    this.redisHitTime.add(other.redisHitTime)
    this.missTime.add(other.missTime)
    this.loadTime.add(other.loadTime)
  }
}

const SUMMED = [
  'fastHits',
  'slowCalls',
  'slowEnds',
  'slowHits',
  'redisHits',
  'misses',
  'stale',
  'bypassed',
  'errors',
  'coalesced',
  'loads',
  'loadFailures',
  'refreshes',
  'stored',
  'storedBytes',
  'fencedStores',
  'refusedValues',
  'memoryItems',
  'memoryBytes',
  'capacityEvictions',
] as const satisfies readonly (keyof EntryCounters)[]
