import type { MissReason } from '../engine/miss-reasons.js'

/**
 * The counters of one entry: plain numbers, so that counting costs next to nothing. Every call ends
 * in exactly one of hit, miss, stale, bypassed or error, so they add up to the calls that ended.
 */
export class EntryCounters {
  readonly namespace: string
  readonly entry: string
  /** Answered from this process' memory, at once. */
  fastHits = 0
  /** Calls that took the longer path, whatever they ended in. */
  slowCalls = 0
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
  stored = 0
  storedBytes = 0
  /** Results that were not stored: refused by a fence, too large, not copyable, unwanted. */
  fencedStores = 0
  refusedValues = 0
  capacityEvictions = 0
  readonly missReasons = new Map<MissReason, number>()

  constructor(namespace: string, entry: string) {
    this.namespace = namespace
    this.entry = entry
  }

  /** Calls begun. Equal to the sum of all outcomes when nothing runs. */
  get calls(): number {
    return this.fastHits + this.slowCalls
  }

  get memoryHits(): number {
    return this.fastHits + this.slowHits
  }

  count(outcome: 'memory' | 'redis' | 'load' | 'stale' | 'bypass'): void {
    if (outcome === 'memory') this.slowHits++
    else if (outcome === 'redis') this.redisHits++
    else if (outcome === 'load') this.misses++
    else if (outcome === 'stale') this.stale++
    else this.bypassed++
  }

  countMiss(reason: MissReason): void {
    this.missReasons.set(reason, (this.missReasons.get(reason) ?? 0) + 1)
  }
}
