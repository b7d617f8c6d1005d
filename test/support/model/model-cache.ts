import { Composition } from '../../../src/composition.js'
import { Confirmations } from '../../../src/engine/confirmations.js'
import type { Parts } from '../../../src/engine/parts.js'
import { UnitsOfWork } from '../../../src/engine/unit-of-work.js'
import { resolveCacheOptions } from '../../../src/resolve-cache-options.js'
import { Caller } from '../../../src/weaving/caller.js'
import { ModelTier, type ModelTierOptions } from './tier.js'

/** What the bound is in every cache on a model. Milliseconds. */
export const BOUND = 2_000

export interface ModelCacheOptions extends Omit<ModelTierOptions, 'names'> {
  /** How many entries memory has room for. */
  readonly maxItems: number
  /** For how long memory answers in an outage. The bound by default. */
  readonly outageTtl?: number | undefined
  /** The engine's own: 0 up to, not including, 1. `Math.random` by default. */
  readonly random?: () => number
  /** Whether every read asks for the lease at once, as it does after a few that found nothing. */
  readonly isEager?: boolean
}

/** The cache of one process of a model, taken apart. */
export class ModelCache {
  readonly parts: Parts
  readonly tier: ModelTier
  readonly units: UnitsOfWork
  readonly caller: Caller

  constructor({ maxItems, outageTtl, random, isEager = false, ...options }: ModelCacheOptions) {
    const { clock } = options
    let tier: ModelTier | undefined
    const composition = new Composition(
      resolveCacheOptions({ clock, memory: { maxItems }, coherence: { bound: BOUND, outageTtl } }),
      (names) => {
        tier = new ModelTier({ ...options, names })
        return tier
      },
      random,
    )
    if (tier === undefined) throw new Error('no tier was opened')
    const { invalidator, names } = composition.parts
    this.tier = tier
    this.parts = composition.parts
    if (isEager) Object.assign(this.parts.settings, { emptyLooks: 0 })
    this.units = new UnitsOfWork(invalidator)
    this.caller = new Caller({
      invalidator,
      names,
      units: this.units,
      confirmations: new Confirmations(),
      onInvalidationFailure: 'resolve',
    })
  }
}
