import { expect } from 'chai'
import type { Container } from 'inversify'

import { Cache } from '../../../src/cache.js'
import type { CacheOptions } from '../../../src/cache-options.js'
import { installCaching } from '../../../src/inversify.js'
import { type Host, HOSTS } from './hosts.js'
import { type Counted, defineServices, type Dependent, type Services } from './services.js'
import { warningsOf } from './warnings.js'
import { expectNotWoven, expectWoven } from './woven.js'

/** An Inversify whose inside is another one than we know, as a coming release may have it. */
const STRANGERS: Readonly<Record<string, (context: Context) => Context>> = {
  'has other names': ({ bindingService }) => ({ bindings: bindingService }),
  'does not look up what was replaced': (context) => ({
    ...context,
    activationService: { get: () => undefined },
  }),
  'does not tell of new bindings': ({ planResultCacheService, ...context }) => ({
    ...context,
    planResultCacheService: Object.create(planResultCacheService as object) as object,
  }),
}

const SMALL: CacheOptions = { memory: { maxItems: 100 } }

const WAYS: Readonly<Record<string, (container: Container, services: Services) => Counted[]>> = {
  toSelf: (container, { Counted }) => [container.get(Counted), container.get(Counted)],
  'a dependency of a constructor': (container, { ByConstructor }) => {
    container.bind(ByConstructor).toSelf()
    return [container.get(ByConstructor).counted]
  },
  'a dependency in a property': (container, { ByProperty }) => {
    container.bind(ByProperty).toSelf()
    return [container.get(ByProperty).counted]
  },
  'a dependency of a resolved value': (container, { Counted }) => {
    const make = (counted: Counted): Dependent => ({ counted })
    container.bind<Dependent>('resolved').toResolvedValue(make, [Counted])
    return [container.get<Dependent>('resolved').counted]
  },
  'a service under another identifier': (container, { Counted }) => {
    container.bind<Counted>('alias').toService(Counted)
    return [container.get<Counted>('alias')]
  },
  'what a factory makes': (container, { Counted }) => {
    container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
    return [container.get<() => Counted>('factory')()]
  },
  'several under one identifier': (container, { Counted, Heir }) => {
    container.bind('all').toConstantValue(new Counted())
    container.bind('all').toConstantValue(new Heir())
    return container.getAll<Counted>('all')
  },
}

type Context = Readonly<Record<string, unknown>>

for (const host of HOSTS) {
  for (const [title, contextFor] of Object.entries(STRANGERS)) {
    describe(`installCaching on ${host.name} whose inside ${title}`, () => {
      it('warns once', async () => {
        const container = strangerOf(host, contextFor)
        const install = () => installCaching(container, SMALL)
        expect(await warningsOf(install)).deep.equal(['CACHEWRIGHT_INVERSIFY_FALLBACK'])
      })

      for (const [way, resolve] of Object.entries(WAYS)) {
        it(`weaves ${way} by the public hooks`, async () => {
          const services = defineServices(host.inversify)
          const container = strangerOf(host, contextFor)
          await warningsOf(() => installCaching(container, SMALL))
          container.bind(services.Counted).toSelf()
          for (const service of resolve(container, services)) await expectWoven(service)
        })
      }

      it('leaves plain classes alone', async () => {
        const { Plain } = defineServices(host.inversify)
        const container = strangerOf(host, contextFor)
        await warningsOf(() => installCaching(container, SMALL))
        container.bind(Plain).toSelf()
        await expectNotWoven(container.get(Plain))
      })

      it('still binds Cache and still refuses a second one', async () => {
        const container = strangerOf(host, contextFor)
        await warningsOf(() => {
          const cache = installCaching(container, SMALL)
          expect(container.get(Cache)).equal(cache)
          expect(installCaching(container, cache)).equal(cache)
          expect(() => installCaching(container)).throw('another cache')
        })
      })
    })
  }
}

function strangerOf(host: Host, contextFor: (context: Context) => Context): Container {
  const container = host.newContainer()
  const register = container.register.bind(container)
  container.register = (plugin) => {
    register(
      class {
        constructor(self: unknown, context: Context) {
          const known: Record<string, unknown> = {}
          for (const name in context) known[name] = context[name]
          return new plugin(self, contextFor(known)) as object
        }
      },
    )
  }
  return container
}
