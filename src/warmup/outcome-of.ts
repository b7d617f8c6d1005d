import { failureOf } from './failure-of.js'
import type { Settled } from './settle-within.js'
import type { Warmed } from './warm-target.js'
import type { WarmupFailureReason, WarmupOutcome } from './warmup-report.js'

/** Returns the outcome of one item from how its load settled. */
export function outcomeOf(settled: Settled<Warmed | 'arguments'>, duration: number): WarmupOutcome {
  if (settled.kind === 'rejected') {
    return { outcome: 'failed', failure: failureOf(settled.error, 'load'), duration }
  }
  if (settled.kind !== 'fulfilled') return failed(settled.kind, duration)
  const { value } = settled
  switch (value) {
    case 'warmed':
      return { outcome: 'warmed', duration }
    case 'fresh':
    case 'elsewhere':
    case 'disabled':
      return { outcome: 'skipped', reason: value, duration }
    default:
      return failed(value, duration)
  }
}

function failed(reason: WarmupFailureReason, duration: number): WarmupOutcome {
  return { outcome: 'failed', failure: { reason, error: undefined, code: undefined }, duration }
}
