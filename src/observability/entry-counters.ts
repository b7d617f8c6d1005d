import type { MissReason } from '../engine/miss-reasons.js'
import type { MemoryTally } from '../tiers/memory-tier.js'
import { DurationHistogram } from './duration-histogram.js'

/** How a call ended: a hit of either tier, a miss, or one of the rest. */
export type CallEnd = 'memory' | 'redis' | 'miss' | 'stale' | 'bypass' | 'error'

/** Of memory hits, every so manieth is timed: to time them all would cost as much as the hits. */
export const HITS_PER_SAMPLE = 64

/**
 * The counters of one entry: plain numbers, so that counting costs next to nothing. Every call ends
 * in exactly one of hit, miss, stale, bypassed or error, so they add up to the calls that ended.
 */
export class EntryCounters implements MemoryTally {
  readonly namespace: string
  readonly entry: string
  /** Answered from this process' memory, at once. */
  fastHits = 0
  /** Calls that took the longer path, whatever they end in. */
  slowCalls = 0
  /** Of those: ended. Counted where a call ends, and not where its end is told apart. */
  slowEnds = 0
  /** Of those: answered from memory all the same, such as the one that starts a refresh ahead. */
  slowHits = 0
  redisHits = 0
  misses = 0
  stale = 0
  bypassed = 0
  errors = 0
  /** Of the calls above: those that waited for a load that somebody else had begun. */
  coalesced = 0
  /** Runs of the method, for whatever call or refresh. */
  loads = 0
  loadFailures = 0
  refreshes = 0
  /** Values put into memory. */
  stored = 0
  /** Sealed bytes sent to Redis. */
  storedBytes = 0
  /** Results that were not stored, since something that concerns them was invalidated meanwhile. */
  fencedStores = 0
  /** Results that cannot be stored: too large, or not to be copied. */
  refusedValues = 0
  memoryItems = 0
  memoryBytes = 0
  capacityEvictions = 0
  readonly missReasons = new Map<MissReason, number>()
  /** Of one memory hit in `HITS_PER_SAMPLE`. */
  readonly memoryHitTime = new DurationHistogram()
  readonly redisHitTime = new DurationHistogram()
  /** How long the callers of misses waited: Redis, the lease and the method together. */
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

  /** Counts the end of a call that took the longer path. */
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

  /** Adds what another entry has counted. */
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
