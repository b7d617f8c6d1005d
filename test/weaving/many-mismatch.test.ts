import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { CacheDeclarationError } from '../../src/errors.js'

interface Person {
  readonly id: string
}

const PEOPLE: readonly Person[] = [{ id: '1' }, { id: '3' }]

@CacheConfig({ namespace: 'people' })
class People {
  @Cached()
  async person(id: string): Promise<Person | undefined> {
    return PEOPLE.find((each) => each.id === id)
  }

  /** As `WHERE id IN (…)` gives them: without those that are missing. */
  @CachedMany({ entry: 'person' })
  async listed(ids: string[]): Promise<(Person | undefined)[]> {
    return PEOPLE.filter(({ id }) => ids.includes(id))
  }

  @CachedMany({ entry: 'person', idOf: ({ id }: Person) => Number(id) as unknown as string })
  async mistyped(ids: string[]): Promise<Person[]> {
    return PEOPLE.filter(({ id }) => ids.includes(id))
  }

  @CachedMany({ entry: 'person', idOf: ({ id }: Person) => id })
  async found(ids: string[]): Promise<Person[]> {
    return PEOPLE.filter(({ id }) => ids.includes(id))
  }
}

describe('@CachedMany with a result that cannot be told apart', () => {
  let people: People

  beforeEach(() => {
    people = createCache().weave(new People())
  })

  it('C22: refuses a list that is shorter than the ids, and stores nobody under the id of another', async () => {
    const failure = await people.listed(['1', '2', '3']).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(CacheDeclarationError)
    expect(failure).to.have.property('message').that.includes('People.listed').and.includes('idOf')
    expect(await people.person('2')).to.equal(undefined)
    expect(await people.person('3')).to.deep.equal({ id: '3' })
  })

  it('C22: refuses ids of another type, and takes nobody for missing', async () => {
    const failure = await people.mistyped(['1']).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(CacheDeclarationError)
    expect(await people.person('1')).to.deep.equal({ id: '1' })
  })

  it('C22: leaves out what is missing where `idOf` says which item is whose', async () => {
    expect(await people.found(['3', '2', '1'])).to.deep.equal([{ id: '3' }, { id: '1' }])
    expect(await people.person('2')).to.equal(undefined)
  })
})
