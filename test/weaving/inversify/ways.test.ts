import { expect } from 'chai'
import type { Container as Seven } from 'inversify-7'

import { installCaching } from '../../../src/inversify.js'
import { HOSTS } from './hosts.js'
import { type Counted, defineServices } from './services.js'
import { expectWoven } from './woven.js'
import { type Bench, WAYS } from './ways.js'

describe('the ways in which a service is bound', () => {
  for (const host of HOSTS) {
    describe(host.name, () => {
      for (const { title, before, resolve } of WAYS) {
        it(`weaves ${title}`, async () => {
          const container = host.newContainer()
          const child = host.newContainer({ parent: container })
          const bench: Bench = { host, container, child, ...defineServices(host.inversify) }
          await before?.(bench)
          const cache = installCaching(container, { memory: { maxItems: 100 } })
          const services = await resolve(bench)
          expect(services).not.empty
          for (const service of services) await expectWoven(service)
          await cache.close()
        })
      }
    })
  }
})

describe('toProvider, which Inversify 7 still has', () => {
  it('weaves what a provider promises, also of one that was there before', async () => {
    const host = HOSTS.find(({ name }) => name === 'inversify-7')
    if (host === undefined) throw new Error('the host is gone from the list')
    const { Counted } = defineServices(host.inversify)
    const container = host.newContainer()
    const seven = container as unknown as Seven
    seven.bind<Provider>('before').toProvider(() => async () => new Counted())
    container.get('before')
    installCaching(container, { memory: { maxItems: 100 } })
    seven.bind<Provider>('after').toProvider(() => async () => new Counted())
    await expectWoven(await container.get<Provider>('before')())
    await expectWoven(await container.get<Provider>('after')())
  })
})

type Provider = () => Promise<Counted>
