import { expect } from 'chai'

import { declarationsOf } from '../../src/decorators/declaration.js'
import { attachRuntime } from '../../src/decorators/runtime.js'
import { DECORATORS, DIALECTS, type Fixture } from './dialects.js'
import { NOTE } from './fixture.js'
import { RecordingRuntime } from './recording-runtime.js'

for (const { name, load } of DIALECTS) {
  describe(`The dispatcher (${name} decorators)`, () => {
    let fixture: Fixture
    before(async () => {
      fixture = await load()
    })

    it('S42: leaves an instance that nobody wove as if the decorators were not there', async () => {
      const users = new (fixture.defineUsers(DECORATORS))()
      expect(await users.profile('1')).to.equal('hello 1')
      expect(await users.profiles(['1', '2'])).to.deep.equal(['hello 1', 'hello 2'])
      expect(await users.rename('1')).to.equal('1 nobody')
      expect(users.calls).to.deep.equal([['1']])
    })

    it('keeps the name and the length of the method', () => {
      const { prototype } = fixture.defineUsers(DECORATORS)
      expect(prototype.profile).to.include({ name: 'profile', length: 1 })
      expect(prototype.rename).to.include({ name: 'rename', length: 1 })
      expect(Reflect.get(prototype, Symbol.for('shared'))).to.include({
        name: '[shared]',
        length: 0,
      })
    })

    it('keeps the attributes that methods have', () => {
      const { prototype } = fixture.defineUsers(DECORATORS)
      const { enumerable, writable, configurable } =
        Reflect.getOwnPropertyDescriptor(prototype, 'profile') ?? {}
      expect({ enumerable, writable, configurable }).to.deep.equal({
        enumerable: false,
        writable: true,
        configurable: true,
      })
    })

    it('keeps what other libraries have put on the function of the method', () => {
      const { noted } = fixture.defineMixed(DECORATORS).prototype
      expect(Reflect.get(noted, 'plain')).to.equal('kept too')
      expect(Object.getOwnPropertySymbols(noted).map(String)).to.include(String(NOTE))
    })

    it('gives a woven call to the advice, with the instance and the arguments', async () => {
      const users = new (fixture.defineUsers(DECORATORS))()
      const runtime = weave(users, 'advised')
      expect(await users.profile('1')).to.equal('advised hello 1')
      expect(runtime.invoked).to.deep.equal([{ instance: users, args: ['1'] }])
    })

    it('calls the method where the runtime has no advice', async () => {
      const users = new (fixture.defineUsers(DECORATORS))()
      weave(users, 'advised')
      expect(await users.profiles(['1'])).to.deep.equal(['hello 1'])
    })

    it('asks a runtime once for the advice of a method, for all instances', async () => {
      const Users = fixture.defineUsers(DECORATORS)
      const [first, second] = [new Users(), new Users()]
      const runtime = weave(first, 'advised')
      attachRuntime(second, runtime)
      await first.profile('1')
      await second.profile('2')
      await first.profile('3')
      expect(runtime.asked).to.deep.equal(['Users.profile'])
    })

    it('gives every instance the advice of its own runtime', async () => {
      const Users = fixture.defineUsers(DECORATORS)
      const [first, second, plain] = [new Users(), new Users(), new Users()]
      weave(first, 'one')
      weave(second, 'two')
      const answers = [first, second, plain, first].map((users) => users.profile('1'))
      expect(await Promise.all(answers)).to.deep.equal([
        'one hello 1',
        'two hello 1',
        'hello 1',
        'one hello 1',
      ])
    })

    it('calls the method when there is no object to call it on', async () => {
      const { rename } = fixture.defineUsers(DECORATORS).prototype
      expect(await Reflect.apply(rename, undefined, ['1', 'Ada'])).to.equal('1 Ada')
      expect(await Reflect.apply(rename, null, ['1', 'Ada'])).to.equal('1 Ada')
      expect(await Reflect.apply(rename, 'text', ['1', 'Ada'])).to.equal('1 Ada')
    })

    it('S42: reaches the base method through super, with its own advice', async () => {
      const { Derived } = fixture.defineFamily(DECORATORS)
      const derived = new Derived()
      const runtime = weave(derived, '+')
      expect(await derived.overridden('1')).to.equal('+ derived + base 1')
      expect(runtime.asked).to.deep.equal(['Derived.overridden', 'Base.overridden'])
    })

    it('S42: advises an inherited method, and leaves an undecorated override alone', async () => {
      const { Plain } = fixture.defineFamily(DECORATORS)
      const plain = new Plain()
      const runtime = weave(plain, '+')
      expect(await plain.inherited('1')).to.equal('+ inherited 1')
      expect(await plain.overridden('1')).to.equal('plain + base 1')
      expect(runtime.asked).to.deep.equal(['Base.inherited', 'Base.overridden'])
    })

    it('works beneath and above the decorators of other libraries', async () => {
      const mixed = new (fixture.defineMixed(DECORATORS))()
      const runtime = weave(mixed, '+')
      expect(await mixed.beneath('1')).to.equal('+ 1!')
      expect(await mixed.above('1')).to.equal('+ 1!')
      expect(await mixed.between('1')).to.equal('+ 1!')
      expect(runtime.invoked).to.have.length(3)
    })
  })
}

describe('The dispatcher and reflect-metadata', () => {
  before(() => import('reflect-metadata'))

  it('carries over what is noted about the function of the method', () => {
    const find = async (): Promise<string> => 'found'
    Reflect.defineMetadata('route', '/users', find)
    const decorate = DECORATORS.Cached() as (...received: unknown[]) => unknown
    const { value } = decorate({}, 'find', { value: find, configurable: true }) as {
      value: object
    }
    expect(value).not.to.equal(find)
    expect(Reflect.getOwnMetadata('route', value)).to.equal('/users')
  })
})

/** Weaves as the library does: the declarations are read before the first call. */
function weave(instance: object, answer: string): RecordingRuntime {
  declarationsOf(Object.getPrototypeOf(instance) as object)
  const runtime = new RecordingRuntime(answer)
  attachRuntime(instance, runtime)
  return runtime
}
