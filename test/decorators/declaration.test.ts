import { expect } from 'chai'

import { declarationsOf, type MethodDeclaration } from '../../src/decorators/declaration.js'
import { DECORATORS, DIALECTS, type Fixture } from './dialects.js'

for (const { name, load } of DIALECTS) {
  describe(`declarationsOf (${name} decorators)`, () => {
    let fixture: Fixture
    before(async () => {
      fixture = await load()
    })

    it('lists the decorators of each method as they stand in the source, top to bottom', () => {
      const Users = fixture.defineUsers(DECORATORS)
      expect(kindsOf(declarationsOf(Users.prototype))).to.deep.equal({
        profile: ['warm', 'evict', 'cached'],
        profiles: ['cached-many'],
        rename: ['put', 'evict'],
        'Symbol(shared)': ['cached'],
      })
    })

    it('keeps the options as they were given, whatever happens to their object later', () => {
      const options = { ttl: '5m' as const, tags: ['a'] }
      const [declaration] = declarationsOf(fixture.defineCached(DECORATORS, options).prototype)
      options.tags = ['b']
      const [operation] = declaration?.operations ?? []
      expect(operation?.options).to.deep.equal({ ttl: '5m', tags: ['a'] })
      expect(operation?.options).to.be.frozen
      expect(declaration?.operations).to.be.frozen
    })

    it('S42: names the class that declared a method, also for a subclass', () => {
      const { Base, Derived } = fixture.defineFamily(DECORATORS)
      const owners = declarationsOf(Derived.prototype).map(
        ({ owner, methodName }) => [owner, methodName] as const,
      )
      expect(owners).to.deep.equal([
        [Base, 'overridden'],
        [Base, 'inherited'],
        [Derived, 'overridden'],
        [Derived, 'own'],
      ])
    })

    it('S42: lists a base method that a subclass overrides, for super still reaches it', () => {
      const { Base, Plain } = fixture.defineFamily(DECORATORS)
      expect(declarationsOf(Plain.prototype)).to.deep.equal(declarationsOf(Base.prototype))
    })

    it('gives the same declarations whenever it is asked', () => {
      const { Derived } = fixture.defineFamily(DECORATORS)
      const first = declarationsOf(Derived.prototype)
      for (const [index, declaration] of declarationsOf(Derived.prototype).entries()) {
        expect(declaration).to.equal(first[index])
      }
    })

    it('S42: tells two classes of one name apart', () => {
      const [one, other] = [fixture.defineUsers(DECORATORS), fixture.defineUsers(DECORATORS)]
      const [first] = declarationsOf(one.prototype)
      const [second] = declarationsOf(other.prototype)
      expect(first?.owner).to.equal(one)
      expect(second?.owner).to.equal(other)
    })

    it('S42: leaves a method that a subclass takes over under another name to its class', () => {
      const { Base } = fixture.defineFamily(DECORATORS)
      class Copy extends Base {}
      Object.defineProperty(Copy.prototype, 'copied', { value: Base.prototype.inherited })
      const owners = declarationsOf(Copy.prototype).map(({ owner }) => owner)
      expect(owners).to.deep.equal([Base, Base])
    })

    it('finds one declaration per method among the decorators of other libraries', () => {
      const Mixed = fixture.defineMixed(DECORATORS)
      expect(kindsOf(declarationsOf(Mixed.prototype))).to.deep.equal({
        beneath: ['cached'],
        between: ['evict', 'cached'],
        above: ['cached'],
        noted: ['cached'],
      })
    })

    it('finds nothing on a class without decorators, on a plain object, and on no prototype', () => {
      expect(declarationsOf(class {}.prototype)).to.deep.equal([])
      expect(declarationsOf({ constructor: undefined })).to.deep.equal([])
      expect(declarationsOf(Object.create(null) as object)).to.deep.equal([])
    })
  })
}

describe('declarationsOf, where a compiler emits no metadata', () => {
  const context = { kind: 'method', name: 'find', static: false, private: false }

  it('finds the dispatchers on the prototype, with all their decorators', () => {
    const decorators = [DECORATORS.Cached(), DECORATORS.CacheEvict({ tags: ['a'] })]
    const find = decorators.reduce(
      (value, decorate) => (decorate as (...received: unknown[]) => typeof value)(value, context),
      async (): Promise<string> => 'found',
    )
    class Users {}
    Object.defineProperty(Users.prototype, 'find', { value: find, configurable: true })
    const [declaration, ...others] = declarationsOf(Users.prototype)
    expect(others).to.deep.equal([])
    expect(declaration?.owner).to.equal(Users)
    expect(declaration?.operations.map(({ kind }) => kind)).to.deep.equal(['evict', 'cached'])
  })

  it('runs no getter when it looks for them', () => {
    class Users {
      get size(): number {
        throw new Error('a getter ran')
      }
    }
    expect(declarationsOf(Users.prototype)).to.deep.equal([])
  })
})

describe('MethodDeclaration', () => {
  it('says so when its class is asked for too early', () => {
    const decorate = DECORATORS.Cached() as (...received: unknown[]) => unknown
    const holder: { metadata: object } = { metadata: {} }
    const context = { kind: 'method', name: 'find', static: false, private: false, ...holder }
    decorate(async () => 'found', context)
    const records: unknown = Reflect.get(holder.metadata, Symbol.for('cachewright/declarations'))
    const [declaration] = records as MethodDeclaration[]
    expect(() => declaration?.owner).to.throw(TypeError, 'find: declarationsOf()')
  })
})

function kindsOf(declarations: readonly MethodDeclaration[]): Record<string, string[]> {
  return Object.fromEntries(
    declarations.map(({ methodName, operations }) => [
      String(methodName),
      operations.map(({ kind }) => kind),
    ]),
  )
}
