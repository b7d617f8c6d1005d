import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Cached } from '../../src/decorators/cached.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'

interface Person {
  readonly id: string
}

const PEOPLE = new Map(['1', '3', '__proto__'].map((id) => [id, { id }]))

@CacheConfig({ namespace: 'people' })
class People {
  /** The ids of each call for several. */
  readonly calls: string[][] = []
  singles = 0

  @Cached({ negativeTtl: '1m' })
  async person(id: string): Promise<Person | undefined> {
    this.singles += 1
    return PEOPLE.get(id)
  }

  /** Without those that are missing, and in an order of its own. */
  @CachedMany({ entry: 'person', idOf: ({ id }: Person) => id })
  async list(ids: readonly string[]): Promise<Person[]> {
    return this.#find(ids).toReversed()
  }

  @CachedMany({ entry: 'person', returns: 'map' })
  async map(ids: readonly string[]): Promise<Map<string, Person>> {
    return new Map(this.#find(ids).map((person) => [person.id, person]))
  }

  @CachedMany({ entry: 'person', returns: 'record' })
  async record(ids: readonly string[]): Promise<Record<string, Person>> {
    return Object.fromEntries(this.#find(ids).map((person) => [person.id, person]))
  }

  @CachedMany({ entry: 'person', ids: 1, keyOf: (id: string) => id, returns: 'map' })
  async second(_language: string, ids: readonly string[]): Promise<Map<string, Person>> {
    return this.map(ids)
  }

  #find(ids: readonly string[]): Person[] {
    this.calls.push([...ids])
    return [...new Set(ids)].flatMap((id) => PEOPLE.get(id) ?? [])
  }
}

const one = { id: '1' }
const three = { id: '3' }

/** What is read of a form, in the order of the ids. */
const FORMS: Record<string, (people: People, ids: string[]) => Promise<unknown>> = {
  list: (people, ids) => people.list(ids),
  map: async (people, ids) => [...(await people.map(ids)).values()],
  record: async (people, ids) => Object.values(await people.record(ids)),
}

/** What 3, 1, 3, 1 gives: a Map keeps the order in which ids came, an object has numbers in theirs. */
const ASKED_TWICE: Record<string, Person[]> = {
  list: [three, one, three, one],
  map: [three, one],
  record: [one, three],
}

describe('The forms in which @CachedMany takes a result', () => {
  let people: People

  beforeEach(() => {
    people = createTestCache().cache.weave(new People())
  })

  for (const [form, read] of Object.entries(FORMS)) {
    it(`C22: each item of a ${form} is that of its id, whoever loaded it`, async () => {
      expect(await read(people, ['1', '3'])).to.deep.equal([one, three])
      expect(await read(people, ['3', '1'])).to.have.deep.members([one, three])
      expect(await people.person('1')).to.deep.equal(one)
      expect(await people.person('3')).to.deep.equal(three)
      expect(people.calls).to.deep.equal([['1', '3']])
      expect(people.singles).to.equal(0)
    })

    it(`C22, C40: what a ${form} lacks is left out, and kept as missing for its negativeTtl`, async () => {
      expect(await read(people, ['2', '1'])).to.deep.equal([one])
      expect(await read(people, ['1', '2'])).to.deep.equal([one])
      expect(await people.person('2')).to.equal(undefined)
      expect(people.calls).to.deep.equal([['2', '1']])
      expect(people.singles).to.equal(0)
    })

    it(`C22: a ${form} has only what was missing asked for, and duplicates once`, async () => {
      await people.person('1')
      const found = await read(people, ['3', '1', '3', '1'])
      expect(found).to.deep.equal(ASKED_TWICE[form])
      expect(people.calls).to.deep.equal([['3']])
    })

    it(`S11: an id that is called __proto__ is one like any other in a ${form}`, async () => {
      const found = await read(people, ['__proto__'])
      expect(found).to.deep.equal([{ id: '__proto__' }])
      expect(await read(people, ['__proto__', 'constructor'])).to.deep.equal([{ id: '__proto__' }])
      expect(people.calls).to.deep.equal([['__proto__'], ['constructor']])
    })
  }

  it('C22: gives back a Map and an object where the method does', async () => {
    for (const round of ['loaded', 'kept']) {
      expect(await people.map(['1', '2']), round).to.deep.equal(new Map([['1', one]]))
      expect(await people.record(['3', '2']), round).to.deep.equal({ 3: three })
    }
  })

  it('takes the ids from where `ids` says they are', async () => {
    expect(await people.second('de', ['1', '3'])).to.deep.equal(await people.map(['1', '3']))
    expect(await people.person('3')).to.deep.equal(three)
    expect(people.calls).to.deep.equal([['1', '3']])
  })
})
