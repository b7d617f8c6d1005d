import { expect } from 'chai'

import { installCaching } from '../../../src/inversify.js'
import { HOSTS } from './hosts.js'
import { defineServices } from './services.js'
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
