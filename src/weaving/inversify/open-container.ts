import { CacheWeavingError } from '../../errors.js'
import type { HostContainer } from './host-container.js'

/** What a plugin is given. */
export interface OpenContainer {
  /** The container's inside: exported types, but not promised ones. */
  readonly context: unknown
  /** The public part of the plugin interface that is used. */
  readonly onPlan: (handler: PlanHandler) => void
}

/** Called with each new plan: how a service is going to be made. */
export type PlanHandler = (options: unknown, plan: unknown) => void

/** By which Inversify knows a plugin, in both majors: the base class does nothing but carry it. */
const IS_PLUGIN = Symbol.for('@inversifyjs/plugin/isPlugin')

/**
 * Registers a plugin, which is the way into a container. It does not extend Inversify's `Plugin`:
 * that class lives in a package which users do not install, and in several copies of it.
 *
 * @throws CacheWeavingError when the container knows no plugins
 */
export function openContainer(container: HostContainer): OpenContainer {
  let opened: OpenContainer | undefined
  class CachingPlugin {
    readonly [IS_PLUGIN] = true
    readonly #context: unknown

    constructor(_container: unknown, context: unknown) {
      this.#context = context
    }

    load(api: { readonly onPlan: (handler: PlanHandler) => void }): void {
      opened = { context: this.#context, onPlan: api.onPlan }
    }
  }
  if (typeof container.register === 'function') container.register(CachingPlugin)
  if (opened !== undefined) return opened
  throw new CacheWeavingError(
    'installCaching: the container takes no plugins. Inversify 7.11 or later is needed; without it ' +
      'call cache.weave(instance) in an onActivation of each binding',
  )
}
