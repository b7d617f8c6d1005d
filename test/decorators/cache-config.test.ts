import { expect } from 'chai'

import { classConfigOf } from '../../src/decorators/cache-config.js'
import { DECORATORS, DIALECTS, type Fixture } from './dialects.js'

for (const { name, load } of DIALECTS) {
  describe(`classConfigOf (${name} decorators)`, () => {
    let fixture: Fixture
    before(async () => {
      fixture = await load()
    })

    it('gives what the class itself says', () => {
      const config = classConfigOf(fixture.defineUsers(DECORATORS))
      expect(config).to.deep.equal({
        options: { namespace: 'users', version: 2, ttl: '10m' },
        inherited: false,
      })
      expect(config?.options).to.be.frozen
    })

    it('S42: tells that a subclass only inherits it', () => {
      const { Derived } = fixture.defineFamily(DECORATORS)
      expect(classConfigOf(Derived)).to.deep.equal({
        options: { namespace: 'base' },
        inherited: true,
      })
    })

    it('is undefined where no class of the chain says anything', () => {
      expect(classConfigOf(fixture.defineMixed(DECORATORS))).to.equal(undefined)
      expect(classConfigOf(class {})).to.equal(undefined)
    })
  })
}
