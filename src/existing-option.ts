import { closestOf } from './closest-of.js'

/** Returns what was expected in place of an option that does not exist: the closest one, or all. */
export function existingOption(name: string, known: readonly string[]): string {
  const close = closestOf(name, known)
  return close === undefined
    ? `expected an option that exists: ${known.join(', ')}`
    : `expected an option that exists (is it ${close}?)`
}
