import { expect } from 'chai'

import { CacheError } from '../../src/errors.js'
import { DECORATORS, DIALECTS, type Fixture } from './dialects.js'

const METHOD = 'expected an instance method that returns a promise, found'

/** What each misuse is told: its beginning, and what to do about it. */
const COMPLAINTS: Readonly<Record<string, readonly [told: string, remedy: string]>> = {
  'a static method': [`@Cached on Users.find: ${METHOD} a static method`, 'an instance method'],
  'a getter': [`@Cached on Users.find: ${METHOD} a`, 'call it'],
  'a field': [`@Cached on Users.find: ${METHOD} a field`, 'as a method'],
  'a generator': [`@Cached on Users.find: ${METHOD} a generator`, 'in an async method'],
  'an async generator': [`@Cached on Users.find: ${METHOD} a generator`, 'in an async method'],
  'a second @Cached': ['@Cached on Users.find: expected one of', 'with all options'],
  'a class': [`@Cached on Users: ${METHOD} a class`, '@CacheConfig'],
  'a method named by a symbol': ['Users.Symbol(find): entry: expected a name for the entry', ''],
  '@CacheConfig on a method': ['@CacheConfig: expected a class', '@Cached'],
  '@CacheConfig on a static method': ['@CacheConfig: expected a class', '@Cached'],
  'a second @CacheConfig': ['@CacheConfig on Users: it is used twice', 'merge both'],
  'an unknown option': ['Users.find: tll: expected an option that exists', 'ttl'],
  '@Cached without parentheses': [
    '@Cached on Users: expected parentheses after the decorator, found none',
    'write @Cached(…)',
  ],
  '@CacheEvict without parentheses': [
    '@CacheEvict on Users: expected parentheses after the decorator, found none',
    'write @CacheEvict(…)',
  ],
  '@CacheConfig without parentheses': [
    '@CacheConfig on Users: expected parentheses after the decorator, found none',
    'write @CacheConfig(…)',
  ],
  'a wrong option of a class': ['Users: ttl: expected a duration', "'5m'"],
}

for (const { name, load } of DIALECTS) {
  describe(`What decorators refuse when the class is defined (${name} decorators)`, () => {
    let fixture: Fixture
    before(async () => {
      fixture = await load()
    })

    it('S42: has a complaint for every misuse', () => {
      expect(Object.keys(fixture.misuses(DECORATORS))).to.have.members(Object.keys(COMPLAINTS))
    })

    for (const [misuse, [told, remedy]] of Object.entries(COMPLAINTS)) {
      it(`S42: refuses ${misuse}, and says what to do`, () => {
        const define = fixture.misuses(DECORATORS)[misuse]
        const error = thrownBy(define)
        expect(CacheError.is(error)).to.equal(true)
        // A standard decorator runs before its class has a name.
        const isBareMethod = /^@Cache(d|Evict) without/u.test(misuse)
        const early = isBareMethod ? told.replace('Users', 'find') : told.replace('Users.', '')
        const expected = name === 'standard' ? early : told
        expect(String(error)).to.include(expected).and.to.include(remedy)
      })
    }
  })
}

describe('What decorators refuse when they are applied by hand', () => {
  const decorate = DECORATORS.Cached() as (...received: unknown[]) => unknown
  const context = { kind: 'method', name: '#find', static: false, private: true }

  it('S42: refuses a private #method', () => {
    expect(() => decorate(async () => 'found', context)).to.throw(
      '@Cached on #find: expected an instance method that returns a promise, found a private #method',
    )
  })

  it('S42: refuses an auto-accessor', () => {
    const accessor = { ...context, kind: 'accessor', private: false }
    expect(() => decorate({}, accessor)).to.throw('found an accessor')
  })

  it('S42: refuses a parameter, of a method and of a constructor', () => {
    expect(() => decorate(class Users {}.prototype, 'find', 0)).to.throw('found a parameter')
    expect(() => decorate(class Users {}, undefined, 0)).to.throw('found a parameter')
  })

  it('S42: refuses a property that holds no function', () => {
    expect(() => decorate(class Users {}.prototype, 'find', { value: 1 })).to.throw('found a field')
  })

  it('S42: refuses what a later proposal may add', () => {
    const unheard = { ...context, kind: 'record', private: false }
    expect(() => decorate(undefined, unheard)).to.throw('found a record')
  })

  it('S42: names a class that has no name', () => {
    const method = Object.getOwnPropertyDescriptor({ *find() {} }, 'find')
    expect(() => decorate((() => class {})().prototype, 'find', method)).to.throw(
      '@Cached on (anonymous class).find',
    )
  })

  it('S42: takes an ordinary function that returns a promise', () => {
    class Users {}
    const find = (): Promise<string> => Promise.resolve('found')
    expect(decorate(Users.prototype, 'find', { value: find })).to.have.property('value')
  })
})

function thrownBy(define: (() => unknown) | undefined): unknown {
  try {
    define?.()
  } catch (error) {
    return error
  }
  return undefined
}
