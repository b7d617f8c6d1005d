import type { Flight } from './flight.js'

/* Records which flights wait for others: for their loads, or for their slots of `concurrency`. */

/** Records that `waiting` cannot end before `flight` has ended. */
export function noteWait(waiting: Flight, flight: Flight): void {
  waiting.waitsFor ??= new Set()
  waiting.waitsFor.add(flight)
}

/**
 * Whether `flight` can end only after `target` has ended, so that `target` would deadlock if it
 * waited for `flight`. A flight can end once every flight it waits for has ended and, if it waits
 * for a slot, one of the holders of those slots has ended.
 */
export function canEndOnlyAfter(flight: Flight, target: Flight): boolean {
  const ending = new Set<Flight>()
  const ends = (each: Flight): boolean => ending.has(each)
  const chain = chainOf(flight).toReversed()
  for (let before = -1; before < ending.size; ) {
    before = ending.size
    for (const each of chain) {
      const holders = holdersBefore(each)
      const getsSlot = holders.length === 0 || holders.some(ends)
      if (each !== target && getsSlot && [...(each.waitsFor ?? [])].every(ends)) ending.add(each)
    }
  }
  return !ending.has(flight)
}

/** Whether a flight waits for `target`, directly or through others. */
export function isHeldUpBy(flight: Flight, target: Flight): boolean {
  return chainOf(flight).includes(target)
}

/** Returns the flight and all flights it waits for, directly or through others. */
function chainOf(flight: Flight): Flight[] {
  const chain = new Set([flight])
  for (const each of chain) {
    for (const next of [...(each.waitsFor ?? []), ...holdersBefore(each)]) chain.add(next)
  }
  return [...chain]
}

/** Returns the holders of the slots that a flight waits for; empty when it waits for none. */
function holdersBefore({ queue }: Flight): Flight[] {
  return queue === undefined ? [] : [...queue.holders]
}
