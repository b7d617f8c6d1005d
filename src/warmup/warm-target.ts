import type { Explanation } from '../explain.js'
import type { CacheNamespace } from '../namespace.js'
import type { Key } from '../options/entry-options.js'
import type { WarmupSkip } from './warmup-report.js'

/** One key that is to be warm, whatever stands behind it. */
export interface WarmTarget {
  /** How a live call would be served now. */
  explain(): Promise<Explanation>
  /** What a live call would do. */
  load(): Promise<unknown>
  /** Loads anew, whatever is stored, which is served meanwhile. */
  refresh(): Promise<unknown>
  /** By what the processes of a fleet know the key among all others. */
  identity(): Key
}

/** What a run does with what is stored already. */
export type WarmMode =
  /** Leaves what is fresh. */
  | 'fill'
  /** Refreshes everything, but each key in one process of the fleet only. */
  | 'renew'
  /** Refreshes everything: somebody has asked for it by name. */
  | 'force'

/** How the processes of a fleet agree on who refreshes. */
export interface Claiming {
  /** undefined: there is nobody to agree with. */
  readonly claims: (() => CacheNamespace) | undefined
  /** For how many milliseconds after one has refreshed a key the others leave it alone. */
  readonly window: number
}

export type Warmed = 'warmed' | WarmupSkip | 'no-key' | 'no-scope'

/** Makes one key warm. Throws what its load throws. */
export async function warm(
  target: WarmTarget,
  mode: WarmMode,
  claiming: Claiming,
): Promise<Warmed> {
  const explanation = await target.explain()
  const { source, reason } = explanation
  if (source === 'bypass') return reason === 'no-key' || reason === 'no-scope' ? reason : 'disabled'
  if (source === 'load' || source === 'error') {
    // The path of live calls: whoever else wants it, here or in another process, shares the load.
    await target.load()
    return 'warmed'
  }
  if (mode === 'force') {
    await target.refresh()
    return 'warmed'
  }
  if (mode === 'fill' && source !== 'stale') {
    // What only Redis has is brought into memory.
    if (source === 'redis') await target.load()
    return 'fresh'
  }
  const warmed = await refreshOnce(target, explanation.version, claiming)
  if (warmed === 'elsewhere' && source === 'stale') await target.load()
  return warmed
}

/**
 * Refreshes a key unless another process of the fleet does, or has just done so. A refresh takes the
 * lease away from whoever has it, so that two of them would both run the method. The claim is an
 * ordinary entry in Redis: its lease lets one process in, its value tells those who come later.
 */
async function refreshOnce(
  target: WarmTarget,
  version: string,
  { claims, window }: Claiming,
): Promise<'warmed' | 'elsewhere'> {
  if (claims === undefined) {
    await target.refresh()
    return 'warmed'
  }
  const own: { refresh?: Promise<unknown> } = {}
  const claim = async (): Promise<number> => {
    own.refresh = target.refresh()
    await own.refresh
    return 1
  }
  try {
    await claims().getOrLoad([version, target.identity()], claim, { ttl: window })
  } catch (error) {
    // The claim may give up on a slow load earlier than the entry itself does.
    if (own.refresh === undefined) throw error
  }
  if (own.refresh === undefined) return 'elsewhere'
  await own.refresh
  return 'warmed'
}
