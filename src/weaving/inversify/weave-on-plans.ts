import type { Cache } from '../../cache.js'
import type { HostContainer } from './host-container.js'
import type { Identifier } from './internals.js'
import type { OpenContainer } from './open-container.js'
import { ProductWeaver } from './product-weaver.js'

/**
 * Weaves by Inversify's documented interfaces alone: each new plan names the services that it is
 * going to make, and each of them gets an activation. It stands in where `Installation` does not
 * know the container's inside, and reaches less: not what was resolved before, not what is bound
 * again after `unbind` (which drops activations), and not the own bindings of child containers.
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

/** The nodes of a plan, as far as they are looked at. A service has any number of bindings. */
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

/** Every binding that a plan uses, once: a plan whose services need each other has no end. */
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
