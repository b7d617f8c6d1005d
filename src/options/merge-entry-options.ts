import type { CachedOptions } from './cached-options.js'
import type { TimeoutOptions } from './entry-options.js'

/**
 * Merges layers of options, option by option. A later layer wins; what it leaves out or sets to
 * `undefined` keeps its earlier value. The soft and the hard timeout are merged separately.
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

/** Returns the options that are not `undefined`. */
function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
