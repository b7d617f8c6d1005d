import { CacheWeavingError } from '../../errors.js'
import type { HostContainer } from './host-container.js'

/** The parts of a container that a plugin gets. */
export interface OpenContainer {
  /** The container's internals: exported types, but without a promise of stability. */
  readonly context: unknown
  /** Registers a handler for new plans. Part of the public plugin interface. */
  readonly onPlan: (handler: PlanHandler) => void
}

/** Called with each new plan, which says how a service will be made. */
export type PlanHandler = (options: unknown, plan: unknown) => void

/** Marks a plugin, in both majors of Inversify. The base class `Plugin` does nothing else. */
const IS_PLUGIN = Symbol.for('@inversifyjs/plugin/isPlugin')

/**
 * Registers a plugin to get access to a container's internals. Does not extend Inversify's
 * `Plugin`, because that class is in a package that users do not install, and of which several
 * copies may exist.
 *
 * @throws CacheWeavingError when the container does not support plugins
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
    'installCaching needs Inversify 7.11 or later; with an older version, call ' +
      'cache.weave(instance) in an onActivation of each binding',
  )
}
