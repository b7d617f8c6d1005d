import type { Container } from 'inversify'

import type { Host } from './hosts.js'
import type { Counted, Dependent, Services } from './services.js'

/** What a way of binding is tried with. */
export interface Bench extends Services {
  readonly host: Host
  readonly container: Container
  /** A child of it, made before `installCaching` was called. */
  readonly child: Container
}

/** One way in which a service gets into a container and out of it again. */
export interface Way {
  readonly title: string
  /** What is done before `installCaching`. */
  readonly before?: (bench: Bench) => void | Promise<void>
  /** The services that must be woven. */
  readonly resolve: (bench: Bench) => Counted[] | Promise<Counted[]>
}

const KINDS: readonly Way[] = [
  {
    title: 'toSelf',
    resolve({ container, Counted }) {
      container.bind(Counted).toSelf()
      return [container.get(Counted), container.get(Counted)]
    },
  },
  {
    title: 'to, transient',
    resolve({ container, Counted }) {
      container.bind<Counted>('counted').to(Counted).inTransientScope()
      return [container.get<Counted>('counted'), container.get<Counted>('counted')]
    },
  },
  {
    title: 'to, singleton',
    resolve({ container, Counted }) {
      container.bind<Counted>('counted').to(Counted).inSingletonScope()
      return [container.get<Counted>('counted'), container.get<Counted>('counted')]
    },
  },
  {
    title: 'to, per request',
    resolve({ container, Counted }) {
      container.bind<Counted>('counted').to(Counted).inRequestScope()
      return [container.get<Counted>('counted')]
    },
  },
  {
    title: 'the scope that is the default of the container',
    resolve({ host, Counted, container: parent }) {
      const container = host.newContainer({ parent, defaultScope: 'Singleton' })
      container.bind(Counted).toSelf()
      return [container.get(Counted), container.get(Counted)]
    },
  },
  {
    title: 'a dependency of a constructor',
    resolve({ container, Counted, ByConstructor }) {
      container.bind(Counted).toSelf()
      container.bind(ByConstructor).toSelf()
      return [container.get<Dependent>(ByConstructor).counted]
    },
  },
  {
    title: 'a dependency in a property',
    resolve({ container, Counted, ByProperty }) {
      container.bind(Counted).toSelf()
      container.bind(ByProperty).toSelf()
      return [container.get<Dependent>(ByProperty).counted]
    },
  },
  {
    title: 'a class with a post-construct method',
    resolve({ container, Prepared }) {
      container.bind(Prepared).toSelf()
      return [container.get(Prepared)]
    },
  },
  {
    title: 'a class that inherits the method',
    resolve({ container, Heir }) {
      container.bind(Heir).toSelf()
      return [container.get(Heir)]
    },
  },
  {
    title: 'a class that overrides the method and calls super',
    resolve({ container, Overriding }) {
      container.bind(Overriding).toSelf()
      return [container.get(Overriding)]
    },
  },
  {
    title: 'a constant',
    resolve({ container, Counted }) {
      container.bind('counted').toConstantValue(new Counted())
      return [container.get<Counted>('counted')]
    },
  },
  {
    title: 'a frozen constant',
    resolve({ container, Counted }) {
      container.bind('counted').toConstantValue(Object.freeze(new Counted()))
      return [container.get<Counted>('counted'), container.get<Counted>('counted')]
    },
  },
  {
    title: 'a dynamic value',
    resolve({ container, Counted }) {
      container.bind('counted').toDynamicValue(() => new Counted())
      return [container.get<Counted>('counted')]
    },
  },
  {
    title: 'a dynamic value, asynchronous',
    async resolve({ container, Counted }) {
      container.bind('counted').toDynamicValue(async () => new Counted())
      return [await container.getAsync<Counted>('counted')]
    },
  },
  {
    title: 'a singleton that is made asynchronously',
    async resolve({ container, Counted }) {
      container
        .bind('counted')
        .toDynamicValue(async () => new Counted())
        .inSingletonScope()
      return Promise.all([
        container.getAsync<Counted>('counted'),
        container.getAsync<Counted>('counted'),
      ])
    },
  },
  {
    title: 'a resolved value',
    resolve({ container, Counted }) {
      container.bind('greeting').toConstantValue('hello')
      container
        .bind<Counted>('counted')
        .toResolvedValue((_greeting: string) => new Counted(), ['greeting'])
      return [container.get<Counted>('counted')]
    },
  },
  {
    title: 'a resolved value, asynchronous',
    async resolve({ container, Counted }) {
      container.bind<Counted>('counted').toResolvedValue(async () => new Counted(), [])
      return [await container.getAsync<Counted>('counted')]
    },
  },
]

type Curried = (first: number) => (second: number) => Counted

const FACTORIES: readonly Way[] = [
  {
    title: 'what a factory makes',
    resolve({ container, Counted }) {
      container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
      return [container.get<() => Counted>('factory')()]
    },
  },
  {
    title: 'what a factory promises',
    async resolve({ container, Counted }) {
      container.bind<() => Promise<Counted>>('factory').toFactory(() => async () => new Counted())
      return [await container.get<() => Promise<Counted>>('factory')()]
    },
  },
  {
    title: 'what a factory makes that was itself promised',
    async resolve({ container, Counted }) {
      container.bind<() => Counted>('factory').toFactory(async () => () => new Counted())
      return [(await container.getAsync<() => Counted>('factory'))()]
    },
  },
  {
    title: 'what a factory makes that takes its arguments one after the other',
    resolve({ container, Counted }) {
      container.bind<Curried>('factory').toFactory(() => (_first) => (_second) => new Counted())
      return [container.get<Curried>('factory')(1)(2)]
    },
  },
  {
    title: 'what a factory of a child container makes',
    resolve({ host, container: parent, Counted }) {
      const container = host.newContainer({ parent: host.newContainer({ parent }) })
      container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
      return [container.get<() => Counted>('factory')()]
    },
  },
  {
    title: 'what a factory makes that was there before',
    before: ({ container, Counted }) => {
      container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
      container.bind<() => Counted>('other').toFactory(() => () => new Counted())
      container.get('factory')
    },
    resolve: ({ container }) => [
      container.get<() => Counted>('factory')(),
      container.get<() => Counted>('other')(),
    ],
  },
]

const SELECTIONS: readonly Way[] = [
  {
    title: 'toService',
    resolve({ container, Counted }) {
      container.bind(Counted).toSelf()
      container.bind<Counted>('alias').toService(Counted)
      return [container.get<Counted>('alias')]
    },
  },
  {
    title: 'by name',
    resolve({ container, Counted }) {
      container.bind<Counted>('counted').to(Counted).whenNamed('one')
      return [container.get<Counted>('counted', { name: 'one' })]
    },
  },
  {
    title: 'by tag',
    resolve({ container, Counted }) {
      container.bind<Counted>('counted').to(Counted).whenTagged('region', 'eu')
      return [container.get<Counted>('counted', { tag: { key: 'region', value: 'eu' } })]
    },
  },
  {
    title: 'getAll',
    resolve({ container, Counted, Heir }) {
      container.bind<Counted>('counted').to(Counted)
      container.bind<Counted>('counted').to(Heir)
      return container.getAll<Counted>('counted')
    },
  },
  {
    title: 'with an activation of the binding',
    resolve({ container, Counted }) {
      container
        .bind(Counted)
        .toSelf()
        .onActivation((_context, counted) => counted)
      return [container.get(Counted)]
    },
  },
  {
    title: 'with an asynchronous activation of the binding',
    async resolve({ container, Counted }) {
      container
        .bind(Counted)
        .toSelf()
        .onActivation(async (_context, counted) => counted)
      return [await container.getAsync(Counted)]
    },
  },
  {
    title: 'with an activation of the container that puts another one in its place',
    resolve({ container, Counted }) {
      container.bind(Counted).toSelf()
      container.onActivation<Counted>(Counted, () => new Counted())
      return [container.get(Counted)]
    },
  },
]

const CHANGES: readonly Way[] = [
  {
    title: 'rebind',
    resolve({ host, container, Counted }) {
      container.bind(Counted).toSelf()
      container.get(Counted)
      host.rebind<Counted>(container, Counted).to(Counted)
      return [container.get(Counted)]
    },
  },
  {
    title: 'bound again after unbind',
    resolve({ host, container, Counted }) {
      container.bind(Counted).toSelf()
      container.get(Counted)
      host.unbind(container, Counted)
      container.bind(Counted).toSelf()
      return [container.get(Counted)]
    },
  },
  {
    title: 'bound again under a service that was got before',
    resolve({ host, container, Counted, ByConstructor }) {
      container.bind(Counted).toSelf()
      container.bind(ByConstructor).toSelf()
      container.get(ByConstructor)
      host.unbind(container, Counted)
      container.bind(Counted).toDynamicValue(() => new Counted())
      return [container.get<Dependent>(ByConstructor).counted]
    },
  },
  {
    title: 'loaded with a module',
    resolve({ host, container, Counted }) {
      host.load(container, moduleOf(host, Counted))
      return [container.get(Counted)]
    },
  },
  {
    title: 'loaded with an asynchronous module',
    async resolve({ host, container, Counted }) {
      const module = new host.inversify.ContainerModule(async ({ bind }) => {
        await Promise.resolve()
        bind(Counted).toSelf()
      })
      await host.loadAsync(container, module)
      return [container.get(Counted)]
    },
  },
  {
    title: 'loaded again after unload',
    resolve({ host, container, Counted }) {
      const module = moduleOf(host, Counted)
      host.load(container, module)
      container.get(Counted)
      host.unload(container, module)
      host.load(container, module)
      return [container.get(Counted)]
    },
  },
  {
    title: 'found by autobind',
    resolve({ host, container: parent, Counted, ByConstructor }) {
      const container = host.newContainer({ parent, autobind: true })
      return [container.get(Counted), container.get<Dependent>(ByConstructor).counted]
    },
  },
  {
    title: 'after snapshot and restore',
    resolve({ container, Counted }) {
      container.bind(Counted).toSelf()
      container.snapshot()
      container.get(Counted)
      container.restore()
      return [container.get(Counted)]
    },
  },
  {
    title: 'after the restore of a snapshot from before',
    before: ({ container, Counted }) => {
      container.bind(Counted).toSelf()
      container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
      container.bind('single').toConstantValue(new Counted())
      container.get('single')
      container.snapshot()
    },
    resolve({ container, Counted }) {
      container.restore()
      return [
        container.get(Counted),
        container.get<() => Counted>('factory')(),
        container.get<Counted>('single'),
      ]
    },
  },
]

const CHILDREN: readonly Way[] = [
  {
    title: "a child container's own",
    resolve({ host, container: parent, Counted }) {
      const container = host.newContainer({ parent })
      container.bind(Counted).toSelf()
      return [container.get(Counted)]
    },
  },
  {
    title: "the parent's, through a child container",
    resolve({ host, container: parent, Counted }) {
      parent.bind(Counted).toSelf()
      return [host.newContainer({ parent }).get(Counted)]
    },
  },
  {
    title: "the parent's singleton, first through a child container",
    resolve({ host, container: parent, Counted }) {
      parent.bind(Counted).toSelf().inSingletonScope()
      return [host.newContainer({ parent }).get(Counted), parent.get(Counted)]
    },
  },
]

const BEFORE: readonly Way[] = [
  {
    title: 'bound before',
    before: ({ container, Counted }) => {
      container.bind(Counted).toSelf()
    },
    resolve: ({ container, Counted }) => [container.get(Counted)],
  },
  {
    title: 'planned before',
    before: ({ container, Counted }) => {
      container.bind(Counted).toSelf()
      container.get(Counted)
    },
    resolve: ({ container, Counted }) => [container.get(Counted)],
  },
  {
    title: 'a singleton that was made before',
    before: ({ container, Counted }) => {
      container.bind(Counted).toSelf().inSingletonScope()
      container.get(Counted)
    },
    resolve: ({ container, Counted }) => [container.get(Counted)],
  },
  {
    title: 'a singleton that was being made before',
    before: ({ container, Counted }) => {
      container
        .bind('counted')
        .toDynamicValue(async () => {
          await new Promise((resolve) => {
            setImmediate(resolve)
          })
          return new Counted()
        })
        .inSingletonScope()
      void container.getAsync('counted')
    },
    resolve: async ({ container }) => [await container.getAsync<Counted>('counted')],
  },
  {
    title: 'of a child container that was there before',
    before: ({ child, Counted }) => {
      child.bind(Counted).toSelf()
      child.get(Counted)
    },
    resolve: ({ child, Counted }) => [child.get(Counted)],
  },
]

/** Every way that is promised, on every Inversify that is. */
export const WAYS: readonly Way[] = [
  ...KINDS,
  ...FACTORIES,
  ...SELECTIONS,
  ...CHANGES,
  ...CHILDREN,
  ...BEFORE,
]

function moduleOf({ inversify }: Host, Counted: Services['Counted']) {
  return new inversify.ContainerModule(({ bind }) => {
    bind(Counted).toSelf()
  })
}
