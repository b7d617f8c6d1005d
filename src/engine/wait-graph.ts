import type { Flight } from './flight.js'

/* Which flights wait for which: for what they load, and for the slots of `concurrency`. */

/** Notes that one flight cannot end before another has. */
export function noteWait(waiting: Flight, flight: Flight): void {
  waiting.waitsFor ??= new Set()
  waiting.waitsFor.add(flight)
}

/**
 * Whether a flight can end only after `target` has, so that `target` would wait for ever if it waited
 * for it. A flight ends when all that it waits for have ended, and one of those whose slots it waits for.
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

/** Whether the end of `target` is among what a flight waits for. */
export function isHeldUpBy(flight: Flight, target: Flight): boolean {
  return chainOf(flight).includes(target)
}

/** A flight, what it waits for, what that waits for, and so on. */
function chainOf(flight: Flight): Flight[] {
  const chain = new Set([flight])
  for (const each of chain) {
    for (const next of [...(each.waitsFor ?? []), ...holdersBefore(each)]) chain.add(next)
  }
  return [...chain]
}

/** Those that have the slots for one of which a flight waits. */
function holdersBefore({ queue }: Flight): Flight[] {
  return queue === undefined ? [] : [...queue.holders]
}
