import type { WarningCause } from './observer.js'

/** A mistake in the program, which occurs at every call until the program is fixed. */
export type Mistake = Extract<
  WarningCause,
  'not-cacheable' | 'not-keyable' | 'callback-failed' | 'no-effect'
>

const CODES: Readonly<Record<Mistake, string>> = {
  'not-cacheable': 'CACHEWRIGHT_NOT_CACHEABLE',
  'not-keyable': 'CACHEWRIGHT_NOT_KEYABLE',
  'callback-failed': 'CACHEWRIGHT_CALLBACK_FAILED',
  'no-effect': 'CACHEWRIGHT_NO_EFFECT',
}

/** Maximum number of distinct warnings. Further ones are dropped. */
const MOST_WARNED = 1_000

/** Per process and not per cache, because tests create many caches for the same classes. */
const warned = new Set<string>()

/**
 * Emits a process warning (`CachewrightWarning`, on stderr unless Node runs with `--no-warnings`)
 * for a program whose cache has no logger. Each warning is given once.
 */
export function warnOfMistake(mistake: Mistake, message: string): void {
  const code = CODES[mistake]
  const id = `${code} ${message}`
  if (warned.has(id) || warned.size >= MOST_WARNED) return
  warned.add(id)
  process.emitWarning(message, { type: 'CachewrightWarning', code })
}
