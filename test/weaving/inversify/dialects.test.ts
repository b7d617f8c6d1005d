import { expect } from 'chai'

import { runtimeOf } from '../../../src/decorators/runtime.js'
import { installCaching } from '../../../src/inversify.js'
import { DECORATORS, DIALECTS } from '../../decorators/dialects.js'
import { HOSTS } from './hosts.js'

for (const dialect of DIALECTS) {
  for (const host of HOSTS) {
    it(`S42: installCaching on ${host.name} weaves a class of ${dialect.name} decorators`, async function () {
      this.timeout(60_000)
      const { defineUsers } = await dialect.load()
      const Users = defineUsers(DECORATORS)
      const container = host.newContainer()
      installCaching(container, { memory: { maxItems: 100 } })
      container.bind('greeting').toConstantValue('hello')
      container
        .bind<InstanceType<typeof Users>>('users')
        .toResolvedValue((_greeting: string) => new Users(), ['greeting'])
        .inSingletonScope()
      const users = container.get<InstanceType<typeof Users>>('users')
      expect(runtimeOf(users)).not.equal(undefined)
      expect(await users.profile('1')).equal('hello 1')
      expect(await users.profile('1')).equal('hello 1')
      expect(users.calls).deep.equal([['1']])
    })
  }
}
