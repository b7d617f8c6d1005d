import type { Cache } from '../../cache.js'
import type { HostContainer } from './host-container.js'
import type { Identifier } from './internals.js'
import type { OpenContainer } from './open-container.js'
import { ProductWeaver } from './product-weaver.js'

/**
 * Weaves through Inversify's documented interfaces only: each new plan names the services to be
 * made, and each of these gets an activation. The fallback for containers whose internals
 * `Installation` does not recognise. It does not weave services that were resolved before, services
 * bound again after `unbind` (which drops activations), and bindings of child containers.
 */
export function weaveOnPlans(
  container: HostContainer,
  { onPlan }: OpenContainer,
  cache: Cache,
): void {
  const products = new ProductWeaver((value) => cache.activate(value))
  const activated = new Set<unknown>()
  onPlan((_options, plan) => {
    for (const { type, serviceIdentifier } of bindingsIn(plan)) {
      if (activated.has(serviceIdentifier)) continue
      activated.add(serviceIdentifier)
      const isFactory = type === 'Factory' || type === 'Provider'
      container.onActivation(serviceIdentifier, (_context, value) =>
        isFactory ? products.factory(value) : cache.activate(value),
      )
    }
  })
}

/** The parts of a plan's nodes that are used. A service has any number of bindings. */
interface ServiceNode {
  readonly bindings?: BindingNode | readonly BindingNode[]
}

interface BindingNode {
  readonly binding: PlannedBinding
  readonly constructorParams?: readonly (ServiceNode | undefined)[]
  readonly propertyParams?: ReadonlyMap<unknown, ServiceNode>
  readonly params?: readonly ServiceNode[]
  readonly redirection?: ServiceNode
  /** The same in Inversify 7. */
  readonly redirections?: readonly BindingNode[]
}

interface PlannedBinding {
  readonly type: string
  readonly serviceIdentifier: Identifier
}

/**
 * Returns the bindings that a plan uses. Visits each once, because plans of services that depend on
 * each other are cyclic.
 */
function bindingsIn(plan: unknown): Set<PlannedBinding> {
  const found = new Set<PlannedBinding>()
  const open: (ServiceNode | undefined)[] = [
    (plan as { readonly tree: { readonly root: ServiceNode } }).tree.root,
  ]
  while (open.length > 0) {
    for (const node of [open.pop()?.bindings ?? []].flat()) {
      if (found.has(node.binding)) continue
      found.add(node.binding)
      open.push(...(node.constructorParams ?? []), ...(node.propertyParams?.values() ?? []))
      open.push(...(node.params ?? []), node.redirection, { bindings: node.redirections ?? [] })
    }
  }
  return found
}
