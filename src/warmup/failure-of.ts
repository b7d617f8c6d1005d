import type { WarmupFailure, WarmupFailureReason } from './warmup-report.js'

/** Plausible class names and codes. Anything else might be user data. */
const CLASS = /^[\w$]{1,80}$/
const CODE = /^[\w.-]{1,64}$/

/**
 * Returns what a report shows of an error: enough to find its cause, without its contents. Never
 * throws.
 */
export function failureOf(error: unknown, reason: WarmupFailureReason): WarmupFailure {
  try {
    return { reason, error: classOf(error), code: codeOf(error) }
  } catch {
    // A proxy, or a getter that throws.
    return { reason, error: undefined, code: undefined }
  }
}

function classOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  const constructor: unknown = Reflect.get(error, 'constructor')
  const name = typeof constructor === 'function' ? constructor.name : ''
  return CLASS.test(name) ? name : 'object'
}

function codeOf(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const code: unknown = Reflect.get(error, 'code')
  if (typeof code === 'number' && Number.isSafeInteger(code)) return code
  return typeof code === 'string' && CODE.test(code) ? code : undefined
}
