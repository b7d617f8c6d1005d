import { expect } from 'chai'
import type { Container } from 'inversify'

import { Cache } from '../../../src/cache.js'
import type { CacheOptions } from '../../../src/cache-options.js'
import { createCache } from '../../../src/create-cache.js'
import { RUNTIME, runtimeOf } from '../../../src/decorators/runtime.js'
import { CacheConfigurationError, CacheWeavingError } from '../../../src/errors.js'
import { installCaching } from '../../../src/inversify.js'
import { HOSTS } from './hosts.js'
import { type Counted, defineServices, type Plain } from './services.js'
import { expectNotWoven, expectPlainCalls, expectWoven } from './woven.js'

const SMALL: CacheOptions = { memory: { maxItems: 100 } }

for (const host of HOSTS) {
  describe(`installCaching on ${host.name}`, () => {
    const services = () => defineServices(host.inversify)

    describe('what it weaves', () => {
      it('answers calls from inside of the class', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        container.bind(Counted).toSelf()
        const counted = container.get(Counted)
        await counted.load('a')
        await counted.loadByThis('a')
        expect(counted.calls).deep.equal(['a'])
      })

      it('shares between instances of a class', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        container.bind(Counted).toSelf().inTransientScope()
        const [first, second] = [container.get(Counted), container.get(Counted)]
        await first.load('a')
        await second.load('a')
        expect([...first.calls, ...second.calls]).deep.equal(['a'])
      })

      it('C66: weaving twice changes nothing', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        const cache = installCaching(container, SMALL)
        container.bind(Counted).toSelf().inSingletonScope()
        container.bind('alias').toService(Counted)
        const counted = container.get(Counted)
        const runtime = runtimeOf(counted)
        expect(container.get('alias')).equal(counted)
        expect(installCaching(container, cache)).equal(cache)
        expect(installCaching(host.newContainer({ parent: container }), cache)).equal(cache)
        expect(cache.weave(container.get(Counted))).equal(counted)
        expect(runtimeOf(counted)).equal(runtime)
        await expectWoven(counted)
      })

      it('C66: nothing nests, however often bindings are restored', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        container.bind(Counted).toSelf()
        container.bind<() => Counted>('made').toFactory(() => () => new Counted())
        container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
        const made = container.get('made')
        for (let time = 0; time < 15_000; time += 1) {
          container.snapshot()
          container.restore()
        }
        expect(container.get('made')).equal(made)
        await expectWoven(container.get(Counted))
        await expectWoven(container.get<() => Counted>('factory')())
      })

      it('leaves what postConstruct does before the activation as it is', async () => {
        const { Prepared } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        container.bind(Prepared).toSelf()
        const prepared = container.get(Prepared)
        expect(await prepared.loadedEarly).equal('loaded early')
        await expectWoven(prepared)
      })

      it('leaves nothing that is seen on the instance', () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        container.bind(Counted).toSelf()
        const counted = container.get(Counted)
        expect(Object.keys(counted)).deep.equal(Object.keys(new Counted()))
        expect(Object.getOwnPropertyNames(counted)).deep.equal(['calls'])
        expect(Object.getOwnPropertySymbols({ ...counted })).empty
        expect(counted.load.name).equal('load')
        expect(counted.load.length).equal(1)
      })
    })

    describe('what it leaves alone', () => {
      it('adds nothing to instances of plain classes', async () => {
        const { Plain } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        container.bind(Plain).toSelf()
        container.bind('constant').toConstantValue(new Plain())
        container.bind<() => Plain>('factory').toFactory(() => () => new Plain())
        const plain = [
          container.get(Plain),
          container.get<Plain>('constant'),
          container.get<() => Plain>('factory')(),
        ]
        for (const instance of plain) {
          expect(Reflect.ownKeys(instance)).deep.equal(['calls'])
          await expectNotWoven(instance)
        }
      })

      it('hands out constants that are functions, classes or no objects as they are', () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        const constants = [() => 'result', Counted, 'text', 0, null, undefined, Symbol('one')]
        for (const [index, constant] of constants.entries()) {
          container.bind(`constant ${index}`).toConstantValue(constant)
          container.bind(`dynamic ${index}`).toDynamicValue(() => constant)
          expect(container.get(`constant ${index}`)).equal(constant)
          expect(container.get(`dynamic ${index}`)).equal(constant)
        }
      })

      it('keeps the name and the properties of a factory, and what it makes that is no service', () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        let wereAsked = 0
        const query = {
          then: () => {
            wereAsked += 1
          },
        }
        const make = (kind: string) => (kind === 'class' ? Counted : query)
        make.kinds = ['class', 'query']
        container.bind<typeof make>('factory').toFactory(() => make)
        const factory = container.get<typeof make>('factory')
        expect(factory.name).equal('make')
        expect(factory.kinds).equal(make.kinds)
        expect(factory('class')).equal(Counted)
        expect(factory('query')).equal(query)
        expect(wereAsked, 'a thenable is not a promise: its then may have effects').equal(0)
      })

      it('hands the same object to deactivations', () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        const ended: unknown[] = []
        container
          .bind(Counted)
          .toSelf()
          .inSingletonScope()
          .onDeactivation((counted) => {
            ended.push(counted)
          })
        container.onDeactivation(Counted, (counted) => {
          ended.push(counted)
        })
        const counted = container.get(Counted)
        host.unbind(container, Counted)
        expect(ended).deep.equal([counted, counted])
        expect(ended[0]).equal(counted)
      })

      it('is plain calls with enabled: false', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, { ...SMALL, enabled: false })
        container.bind(Counted).toSelf()
        container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
        await expectPlainCalls(container.get(Counted))
        await expectPlainCalls(container.get<() => Counted>('factory')())
      })
    })

    describe('the cache and its container', () => {
      it('binds Cache', () => {
        const container = host.newContainer()
        const cache = installCaching(container, SMALL)
        expect(cache).instanceOf(Cache)
        expect(container.get(Cache)).equal(cache)
      })

      it('takes a cache that is there, and a Cache that is bound', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        const cache = createCache(SMALL)
        container.bind(Cache).toConstantValue(cache)
        expect(installCaching(container, container.get(Cache))).equal(cache)
        expect(container.get(Cache)).equal(cache)
        container.bind(Counted).toSelf()
        await container.get(Counted).load('a')
        expect(Object.keys(cache.stats().entries)).deep.equal(['Counted/load'])
      })

      it('C67: two containers share nothing', async () => {
        const { Counted } = services()
        const [first, second] = [host.newContainer(), host.newContainer()] as const
        const caches = [installCaching(first, SMALL), installCaching(second, SMALL)] as const
        expect(caches[0]).not.equal(caches[1])
        first.bind(Counted).toSelf()
        second.bind(Counted).toSelf()
        const [one, other] = [first.get(Counted), second.get(Counted)]
        await one.load('a')
        await other.load('a')
        expect(one.calls).deep.equal(['a'])
        expect(other.calls).deep.equal(['a'])
        expect(runtimeOf(one)).not.equal(runtimeOf(other))
        await caches[0].close()
        await expectWoven(second.get(Counted))
      })

      it('leaves other containers and the classes of Inversify as they were', async () => {
        const { Counted } = services()
        installCaching(host.newContainer(), SMALL)
        const other = host.newContainer()
        other.bind(Counted).toSelf()
        await expectNotWoven(other.get(Counted))
      })

      it('leaves the parent of its container alone', async () => {
        const { Counted } = services()
        const parent = host.newContainer()
        parent.bind(Counted).toSelf()
        const container = host.newContainer({ parent })
        installCaching(container, SMALL)
        await expectNotWoven(parent.get(Counted))
        await expectWoven(container.get(Counted))
        expect(parent.isBound(Cache)).equal(false)
      })

      it('refuses a second cache, also on a child container', () => {
        const container = host.newContainer()
        installCaching(container, SMALL)
        const child = host.newContainer({ parent: container })
        for (const one of [container, child]) {
          expect(() => installCaching(one, SMALL)).throw(CacheWeavingError, 'another cache')
          expect(() => installCaching(one)).throw(CacheWeavingError, 'another cache')
        }
      })

      it('gives the container another cache after everything was unbound', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        host.unbindAll(container)
        const cache = installCaching(container, SMALL)
        expect(container.get(Cache)).equal(cache)
        container.bind(Counted).toSelf()
        container.bind<() => Counted>('factory').toFactory(() => () => new Counted())
        await container.get(Counted).load('a')
        const made = container.get<() => Counted>('factory')()
        await made.load('a')
        expect(made.calls).empty
        expect(Object.keys(cache.stats().entries)).deep.equal(['Counted/load'])
      })

      it('plain methods remain when the cache is closed', async () => {
        const { Counted } = services()
        const container = host.newContainer()
        const cache = installCaching(container, SMALL)
        container.bind(Counted).toSelf()
        await cache.close()
        const counted = container.get(Counted)
        await counted.load('a')
        await counted.load('a')
        expect(counted.calls).deep.equal(['a', 'a'])
      })
    })

    describe('what it refuses', () => {
      it('decorators that do not fit, when the service is got', () => {
        const { Usurper } = services()
        const container = host.newContainer()
        installCaching(container, SMALL)
        container.bind('usurper').toDynamicValue(() => new Usurper())
        expect(() => container.get('usurper')).throw(CacheWeavingError, 'Usurper inherits')
      })

      it('decorators of a singleton that exists, at once', () => {
        const { Usurper } = services()
        const container = host.newContainer()
        container.bind('usurper').toConstantValue(new Usurper())
        container.get('usurper')
        expect(() => installCaching(container, SMALL)).throw(CacheWeavingError, 'Usurper inherits')
      })

      it('options that do not exist, before it touches the container', () => {
        const { Counted } = services()
        const container = host.newContainer()
        container.bind(Counted).toSelf()
        const install = () => installCaching(container, { memmory: false } as CacheOptions)
        expect(install).throw(CacheConfigurationError, 'memmory')
        expect(container.isBound(Cache)).equal(false)
        expect(RUNTIME in container.get(Counted)).equal(false)
      })
    })
  })
}

describe('installCaching', () => {
  it('refuses a container that takes no plugins', () => {
    const old = { isBound: () => false } as unknown as Container
    expect(() => installCaching(old, SMALL)).throw(CacheWeavingError, 'Inversify 7.11 or later')
  })
})
