import { CacheConfigurationError } from './errors.js'

type Unit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w'

/** Whole, or with decimals. `bigint`, because `number` would let in blanks and exponents as well. */
type Amount = `${bigint}` | `${bigint}.${bigint}` | `${bigint}.0${number}`

/** An amount and its unit. The examples are what compilers print and editors offer. */
type DurationText<Example extends string> = Example | `${Amount}${Unit}`

/**
 * A span of time: milliseconds as a number, or a number with its unit, such as `'250ms'`, `'30s'`,
 * `'5m'`, `'1.5h'`, `'7d'`, `'2w'`. Any other text is a compile error where it is a literal; a span
 * that is computed is a number.
 */
// Without the detour over a property, compilers would print the name and not the forms it has.
export type Duration = {
  readonly like: number | DurationText<'250ms' | '30s' | '5m' | '1.5h' | '7d' | '2w'>
}['like']

const MILLISECONDS: Record<Unit, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** A century, in milliseconds. Longer spans are cut to it, so that sums of spans stay exact. */
const LONGEST = 100 * 365.25 * 86_400_000

/**
 * Returns `duration` in whole milliseconds, from 0 to a century (`Infinity` becomes a century).
 *
 * @param option what the value was given for, as the user knows it; it begins the error's message
 * @throws CacheConfigurationError for anything else
 */
export function toMilliseconds(duration: Duration, option: string): number {
  const milliseconds = typeof duration === 'string' ? parse(duration) : duration
  if (typeof milliseconds !== 'number' || !(milliseconds >= 0)) {
    throw new CacheConfigurationError(
      option,
      "a duration of zero or more, such as '5m', '30s' or a number of milliseconds",
      duration,
    )
  }
  return Math.min(Math.round(milliseconds), LONGEST)
}

function parse(text: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)(ms|s|m|h|d|w)$/.exec(text)
  return match === null ? Number.NaN : Number(match[1]) * MILLISECONDS[match[2] as Unit]
}
