import type { Explanation } from '../explain.js'
import type { CacheNamespace } from '../namespace.js'
import type { Key } from '../options/entry-options.js'
import type { WarmupSkip } from './warmup-report.js'

/** A key to warm, of a method or of a namespace. */
export interface WarmTarget {
  /** Explains how a live call would be served now. */
  explain(): Promise<Explanation>
  /** Does what a live call would do. */
  load(): Promise<unknown>
  /** Loads the key even if it is fresh. Callers get the stored value until the load ends. */
  refresh(): Promise<unknown>
  /** Returns what identifies the key among all keys of the fleet. */
  identity(): Key
}

/** What a run does with keys that are already stored. */
export type WarmMode =
  /** Skips fresh keys. */
  | 'fill'
  /** Refreshes all keys, each in only one process of the fleet. */
  | 'renew'
  /** Refreshes all keys in this process, because the caller asked for it. */
  | 'force'

/** How the processes of a fleet agree on which of them refreshes a key. */
export interface Claiming {
  /** The namespace of the claims; undefined when there is no shared tier. */
  readonly claims: (() => CacheNamespace) | undefined
  /** Milliseconds after a refresh during which other processes do not refresh the key. */
  readonly window: number
}

/** How warming a key ended. */
export type Warmed = 'warmed' | WarmupSkip | 'no-key' | 'no-scope'

/** Warms one key. Rejects with the error of its load. */
export async function warm(
  target: WarmTarget,
  mode: WarmMode,
  claiming: Claiming,
): Promise<Warmed> {
  const explanation = await target.explain()
  const { source, reason } = explanation
  if (source === 'bypass') return reason === 'no-key' || reason === 'no-scope' ? reason : 'disabled'
  if (source === 'load' || source === 'error') {
    // Load as live calls do, so that other callers, here or in another process, share the load.
    await target.load()
    return 'warmed'
  }
  if (mode === 'force') {
    await target.refresh()
    return 'warmed'
  }
  if (mode === 'fill' && source !== 'stale') {
    // A value that is only in Redis is brought into memory.
    if (source === 'redis') await target.load()
    return 'fresh'
  }
  const warmed = await refreshOnce(target, explanation.version, claiming)
  if (warmed === 'elsewhere' && source === 'stale') await target.load()
  return warmed
}

/**
 * Refreshes a key unless another process is doing so, or has recently. A refresh takes over the
 * lease from its holder, so two processes that refresh would both run the method. The claim is an
 * ordinary entry in Redis: its lease admits one process, and its value keeps out later ones.
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
    // The claim may time out earlier than the load itself.
    if (own.refresh === undefined) throw error
  }
  if (own.refresh === undefined) return 'elsewhere'
  await own.refresh
  return 'warmed'
}
