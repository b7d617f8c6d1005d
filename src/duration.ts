import { CacheConfigurationError } from './errors.js'

type Unit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w'

/**
 * A number with or without decimals. `bigint`, because `number` also admits blanks and exponents.
 */
type Amount = `${bigint}` | `${bigint}.${bigint}` | `${bigint}.0${number}`

/** An amount and its unit. Compilers print the examples, and editors offer them. */
type DurationText<Example extends string> = Example | `${Amount}${Unit}`

/**
 * A span of time: a number of milliseconds, or a number with its unit, such as `'250ms'`, `'30s'`,
 * `'5m'`, `'1.5h'`, `'7d'`, `'2w'`. Any other string literal is a compile error. Use a number for a
 * span that is computed.
 */
// Read from a property, because compilers would otherwise print the alias and not its forms.
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

/** A century in milliseconds. Longer spans are cut to it, so that sums of spans stay exact. */
const LONGEST = 100 * 365.25 * 86_400_000

/**
 * Returns `duration` in whole milliseconds, from 0 to a century (`Infinity` becomes a century).
 *
 * @param option the name of the option that holds the value; it begins the error message
 * @throws CacheConfigurationError for anything but a duration
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
