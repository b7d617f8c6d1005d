import { CacheConfigurationError } from '../errors.js'
import type { Rule } from './rules.js'

/** What each option of a kind of options may hold. */
export type Rules<Options> = Readonly<Record<keyof Options, Rule>>

/**
 * Checks options one by one, and gives back a frozen copy: what somebody does to their object
 * later changes nothing. Which options go together is not looked at here.
 *
 * @param label what the options stand on, such as `UserService.profile`; it begins every message
 * @throws CacheConfigurationError for an option that does not exist, or holds what it cannot hold
 */
export function checkOptions<Options extends object>(
  options: unknown,
  rules: Rules<Options>,
  label: string,
): Options {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new CacheConfigurationError(label, 'an object that holds options', options)
  }
  const known = Object.keys(rules)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw new CacheConfigurationError(`${label}: ${name}`, existing(name, known), value)
    }
    if (value !== undefined) rules[name as keyof Options](value, `${label}: ${name}`)
  }
  return Object.freeze({ ...options }) as Options
}

function existing(name: string, known: readonly string[]): string {
  const close = known.find((candidate) => isCloseTo(name, candidate))
  return close === undefined
    ? `an option that exists: ${known.join(', ')}`
    : `an option that exists (is it ${close}?)`
}

/** Whether one spelling is at most two letters away from the other. */
function isCloseTo(written: string, meant: string): boolean {
  return distance(written.toLowerCase().slice(0, 40), meant.toLowerCase()) <= 2
}

/** The edit distance of Levenshtein, row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
