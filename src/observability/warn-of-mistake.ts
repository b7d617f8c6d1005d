import type { WarningCause } from './observer.js'

/** What is wrong with a program, and not with the day: it is so at every call until somebody mends it. */
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

/** Warnings remembered. When there are more, no further ones are given. */
const MOST_WARNED = 1_000

/** Of the process, and not of a cache: tests make one after another of the same classes. */
const warned = new Set<string>()

/**
 * Tells of a mistake as Node tells of its own, for programs whose cache has no logger: by a warning of
 * the process (`CachewrightWarning`, on stderr unless Node runs with `--no-warnings`), each once.
 */
export function warnOfMistake(mistake: Mistake, message: string): void {
  const code = CODES[mistake]
  const id = `${code} ${message}`
  if (warned.has(id) || warned.size >= MOST_WARNED) return
  warned.add(id)
  process.emitWarning(message, { type: 'CachewrightWarning', code })
}
