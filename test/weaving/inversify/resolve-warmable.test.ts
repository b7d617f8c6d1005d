import { expect } from 'chai'
import type { Container } from 'inversify'

import { runtimeOf } from '../../../src/decorators/runtime.js'
import { CacheWeavingError } from '../../../src/errors.js'
import { installCaching } from '../../../src/inversify.js'
import { WarmupRunner } from '../../../src/warmup/warmup-runner.js'
import { resolveWarmable } from '../../../src/weaving/inversify/resolve-warmable.js'
import { HOSTS } from './hosts.js'
import { type Counted, defineServices } from './services.js'
import { warningsOf } from './warnings.js'
import { expectWoven } from './woven.js'

for (const host of HOSTS) {
  describe(`resolveWarmable on ${host.name}`, () => {
    const services = defineServices(host.inversify)
    const { Counted, Warmed, WarmedToo } = services

    const start = (): { container: Container; made: string[] } => {
      const container = host.newContainer()
      installCaching(container, { memory: { maxItems: 100 } })
      const made: string[] = []
      for (const one of [Counted, Warmed, WarmedToo]) {
        container.onActivation<Counted>(one, (_context, instance) => {
          made.push(one.name)
          return instance
        })
      }
      return { container, made }
    }

    it('makes and weaves one instance of each class with @Warm, and nothing else', async () => {
      const { container, made } = start()
      container.bind(Counted).toSelf().inSingletonScope()
      container.bind(Warmed).toSelf().inTransientScope()
      container.bind<Counted>('warmed').to(Warmed).inSingletonScope()
      container.bind(WarmedToo).toSelf().inTransientScope()
      const instances = await resolveWarmable(container)
      expect(instances.map(({ constructor }) => constructor)).deep.equal([Warmed, WarmedToo])
      expect(instances[0], 'the singleton').equal(container.get('warmed'))
      expect(made).deep.equal(['WarmedToo'])
      for (const instance of instances) await expectWoven(instance as Counted)
    })

    it('uses singletons that exist, whatever made them', async () => {
      const { container } = start()
      const warmed = new Warmed()
      container
        .bind<Counted>('dynamic')
        .toDynamicValue(() => warmed)
        .inSingletonScope()
      container.bind(Warmed).toSelf().inTransientScope()
      container.get('dynamic')
      expect(await resolveWarmable(container)).deep.equal([warmed])
      expect((await resolveWarmable(container))[0]).equal(warmed)
    })

    it('makes constants, and what is made asynchronously', async () => {
      const { container } = start()
      const [constant, value] = [new Warmed(), new WarmedToo()]
      container.bind('constant').toConstantValue(constant)
      container
        .bind(WarmedToo)
        .toResolvedValue(async () => value)
        .inSingletonScope()
      const instances = await resolveWarmable(container)
      expect(instances[0]).equal(constant)
      expect(instances[1]).equal(value)
      expect(instances.map(runtimeOf)).not.include(undefined)
    })

    it('makes what is bound under a class', async () => {
      const { container } = start()
      const value = new Warmed()
      container.bind(Warmed).toDynamicValue(() => value)
      expect((await resolveWarmable(container))[0]).equal(value)
      expect(runtimeOf(value)).not.equal(undefined)
    })

    it('asks for several classes under one identifier if each has @Warm', async () => {
      const { container } = start()
      container.bind<Counted>('all').to(Warmed)
      container.bind<Counted>('all').to(WarmedToo)
      const instances = await resolveWarmable(container)
      expect(instances.map(({ constructor }) => constructor)).deep.equal([Warmed, WarmedToo])
    })

    it('warns of classes that it cannot ask for alone', async () => {
      const { container, made } = start()
      container.bind<Counted>('named').to(Warmed).whenNamed('one')
      container.bind<Counted>('mixed').to(WarmedToo)
      container.bind<Counted>('mixed').to(Counted)
      const warnings = await warningsOf(async () => {
        expect(await resolveWarmable(container)).empty
      })
      expect(warnings).deep.equal(['CACHEWRIGHT_WARM_NOT_MADE', 'CACHEWRIGHT_WARM_NOT_MADE'])
      expect(made).empty
    })

    it('does without a warning where another binding of the class can be asked for', async () => {
      const { container } = start()
      container.bind<Counted>('named').to(Warmed).whenNamed('one')
      container.bind<Counted>('plain').to(Warmed)
      const warnings = await warningsOf(async () => {
        expect(await resolveWarmable(container)).length(1)
      })
      expect(warnings).empty
    })

    it('does not make what child containers bind, and what factories would make', async () => {
      const { container } = start()
      host.newContainer({ parent: container }).bind(Warmed).toSelf()
      container.bind<() => Counted>('factory').toFactory(() => () => new Warmed())
      expect(await resolveWarmable(container)).empty
    })

    it('makes a transient once, and forgets what is no longer bound', async () => {
      const { container } = start()
      container.bind(Warmed).toSelf().inTransientScope()
      container.bind(WarmedToo).toSelf().inTransientScope()
      const known = new Map<object, object>()
      const [first, other] = await resolveWarmable(container, known)
      const [second] = await resolveWarmable(container, known)
      expect(second).equal(first)
      host.unbind(container, Warmed)
      const remaining = await resolveWarmable(container, known)
      expect(remaining).length(1)
      expect(remaining[0]).equal(other)
    })

    it('is what the WarmupRunner of the container warms', async () => {
      const { container, made } = start()
      container.bind(Counted).toSelf().inSingletonScope()
      container.bind(Warmed).toSelf().inSingletonScope()
      const report = await container.get(WarmupRunner).run()
      const warmed = container.get(Warmed)
      await warmed.load('a')
      expect(warmed.calls).deep.equal(['a'])
      expect(made).deep.equal(['Warmed'])
      expect(report.warmed).equal(1)
      expect(container.get(WarmupRunner)).equal(container.get(WarmupRunner))
    })

    it('passes on what a service throws', async () => {
      const { container } = start()
      const failure = new Error('no database')
      container.bind(Warmed).toDynamicValue(() => Promise.reject(failure))
      const outcome = await resolveWarmable(container).catch((error: unknown) => error)
      expect(outcome).equal(failure)
    })

    it('asks for installCaching', async () => {
      const outcome = await resolveWarmable(host.newContainer()).catch((error: unknown) => error)
      expect(outcome).instanceOf(CacheWeavingError)
    })
  })
}
