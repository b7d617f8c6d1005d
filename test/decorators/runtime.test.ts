import { expect } from 'chai'

import { attachRuntime, RUNTIME, runtimeOf } from '../../src/decorators/runtime.js'
import { DECORATORS } from './dialects.js'
import { defineUsers } from './fixture.js'
import { RecordingRuntime } from './recording-runtime.js'

describe('attachRuntime', () => {
  const [first, second] = [new RecordingRuntime('first'), new RecordingRuntime('second')]

  it('leaves spreads, JSON, keys and comparisons as they were', () => {
    const instance = { name: 'Ada' }
    attachRuntime(instance, first)
    expect(runtimeOf(instance)).to.equal(first)
    expect(Reflect.ownKeys({ ...instance })).to.deep.equal(['name'])
    expect(JSON.stringify(instance)).to.equal('{"name":"Ada"}')
    expect(instance).to.deep.equal({ name: 'Ada' })
  })

  it('puts another runtime in the place of the one an instance has', () => {
    const instance = {}
    attachRuntime(instance, first)
    attachRuntime(instance, second)
    expect(runtimeOf(instance)).to.equal(second)
  })

  it('weaves frozen, sealed and closed objects', async () => {
    const Users = defineUsers(DECORATORS)
    for (const close of [Object.freeze, Object.seal, Object.preventExtensions]) {
      const users = close(new Users())
      attachRuntime(users, first)
      expect(await users.profile('1')).to.equal('first hello 1')
      attachRuntime(users, second)
      expect(await users.profile('1')).to.equal('second hello 1')
      expect(Object.hasOwn(users, RUNTIME)).to.equal(false)
    }
  })

  it('keeps the runtime of an instance that is frozen later, and lets no other take its place', () => {
    class Users {}
    const users = new Users()
    attachRuntime(users, first)
    Object.freeze(users)
    attachRuntime(users, first)
    expect(runtimeOf(users)).to.equal(first)
    expect(() => attachRuntime(users, second)).to.throw('Users: this instance was frozen after')
  })
})

describe('runtimeOf', () => {
  it('is undefined for what nobody wove, and for what is no object', () => {
    for (const value of [{}, Object.freeze({}), undefined, null, 1, 'text']) {
      expect(runtimeOf(value)).to.equal(undefined)
    }
  })
})
