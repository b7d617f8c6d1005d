import { expect } from 'chai'
import type { Container } from 'inversify'

import { Cache } from '../../../src/cache.js'
import { installCaching } from '../../../src/inversify.js'
import { type Host, HOSTS } from './hosts.js'
import { type Counted, defineServices, type Dependent } from './services.js'
import { warningsOf } from './warnings.js'
import { expectNotWoven, expectWoven } from './woven.js'

/** An Inversify whose inside is another one than we know, as a coming release may have it. */
const STRANGERS: Readonly<Record<string, (context: Context) => Context>> = {
  'has other names': ({ bindingService }) => ({ bindings: bindingService }),
  'does not look up what was replaced': (context) => ({
    ...context,
    activationService: { get: () => undefined },
  }),
}

type Context = Readonly<Record<string, unknown>>

for (const host of HOSTS) {
  for (const [title, contextFor] of Object.entries(STRANGERS)) {
    describe(`installCaching on ${host.name} whose inside ${title}`, () => {
      it('warns once, and weaves by the public hooks', async () => {
        const { Counted, Heir, ByConstructor, ByProperty, Plain } = defineServices(host.inversify)
        const container = strangerOf(host, contextFor)
        const warnings = await warningsOf(() => {
          installCaching(container, { memory: { maxItems: 100 } })
        })
        expect(warnings).deep.equal(['CACHEWRIGHT_INVERSIFY_FALLBACK'])

        container.bind(Counted).toSelf()
        container.bind(ByConstructor).toSelf()
        container.bind(ByProperty).toSelf()
        container.bind<Dependent>('alias').toService(ByProperty)
        container.bind(Plain).toSelf()
        container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
        container
          .bind<Dependent>('resolved')
          .toResolvedValue((counted: Counted) => ({ counted }), [Counted])
        container.bind('all').toConstantValue(new Counted())
        container.bind('all').toConstantValue(new Heir())
        const woven = [
          container.get<Dependent>(ByConstructor).counted,
          container.get<Dependent>('alias').counted,
          container.get<Dependent>('resolved').counted,
          container.get<() => Counted>('factory')(),
          container.get<Counted>(Counted),
          ...container.getAll<Counted>('all'),
        ]
        for (const service of woven) await expectWoven(service)
        await expectNotWoven(container.get(Plain))
      })

      it('still binds Cache and still refuses a second one', async () => {
        const container = strangerOf(host, contextFor)
        await warningsOf(() => {
          const cache = installCaching(container, { memory: { maxItems: 100 } })
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
