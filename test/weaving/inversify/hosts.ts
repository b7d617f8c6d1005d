import * as current from 'inversify'
import * as seven from 'inversify-7'

export type Inversify = typeof current

/** One way in which a user may have Inversify. */
export interface Host {
  readonly name: string
  readonly inversify: Inversify
  newContainer(options?: current.ContainerOptions): current.Container
  /** These have other names in Inversify 7. */
  load(container: current.Container, module: current.ContainerModule): void
  loadAsync(container: current.Container, module: current.ContainerModule): Promise<void>
  unload(container: current.Container, module: current.ContainerModule): void
  unbind(container: current.Container, identifier: Identifier): void
  rebind<Instance>(
    container: current.Container,
    identifier: Identifier<Instance>,
  ): current.BindToFluentSyntax<Instance>
  unbindAll(container: current.Container): void
}

export type Identifier<Instance = unknown> = current.ServiceIdentifier<Instance>

/** What is done by other words in each major. */
type Verbs = Omit<Host, 'name' | 'inversify' | 'newContainer'>

// The two majors differ in the types of their containers, and not in what is used of them here.
const inversify7 = seven as unknown as Inversify

const VERBS_OF_8: Verbs = {
  load: (container, module) => container.load(module),
  loadAsync: (container, module) => container.loadAsync(module),
  unload: (container, module) => container.unload(module),
  unbind: (container, identifier) => container.unbind(identifier),
  rebind: (container, identifier) => container.rebind(identifier),
  unbindAll: (container) => container.unbindAll(),
}

const VERBS_OF_7: Verbs = {
  load: (container, module) => asSeven(container).loadSync(module as never),
  loadAsync: (container, module) => asSeven(container).load(module as never),
  unload: (container, module) => asSeven(container).unloadSync(module as never),
  unbind: (container, identifier) => asSeven(container).unbindSync(identifier as never),
  rebind: (container, identifier) => asSeven(container).rebindSync(identifier as never) as never,
  unbindAll: (container) => asSeven(container).unbindAllSync(),
}

export const HOSTS: readonly Host[] = [
  hostOf('inversify', current, { jitless: true }),
  hostOf('inversify with jitless: false', current, { jitless: false }),
  hostOf('inversify-7', inversify7, {}),
]

function hostOf(name: string, inversify: Inversify, always: current.ContainerOptions): Host {
  // The current one is an alias of the other in a part of the matrix of versions.
  const verbs = 'loadSync' in inversify.Container.prototype ? VERBS_OF_7 : VERBS_OF_8
  return {
    name,
    inversify,
    newContainer: (options) => new inversify.Container({ ...always, ...options }),
    ...verbs,
  }
}

function asSeven(container: current.Container): seven.Container {
  return container as unknown as seven.Container
}
