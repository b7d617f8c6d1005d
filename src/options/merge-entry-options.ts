import type { CachedOptions } from './cached-options.js'
import type { TimeoutOptions } from './entry-options.js'

/**
 * Lays options over one another, option by option: a later layer says what counts, and what it
 * leaves out, or sets to `undefined`, stays as it was. The soft and the hard timeout are two
 * options.
 */
export function mergeEntryOptions(
  ...layers: readonly (CachedOptions | undefined)[]
): CachedOptions {
  const merged: Record<string, unknown> = {}
  for (const layer of layers) Object.assign(merged, given(layer ?? {}))
  const timeouts = layers.map((layer) => given(layer?.timeout ?? {}))
  const timeout: TimeoutOptions = Object.assign({}, ...timeouts)
  return Object.keys(timeout).length === 0 ? merged : { ...merged, timeout }
}

/** The options that hold something. */
function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
