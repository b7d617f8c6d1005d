import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Cached } from '../../src/decorators/cached.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'

interface Person {
  readonly id: string
}

const idOf = ({ id }: Person): string => id
const one = { id: '1' }

/** Has a null for whom there is not, in each way to ask for one or several. */
@CacheConfig({ namespace: 'nullable-people' })
class Nullable {
  readonly calls: string[][] = []

  @Cached()
  async person(id: string): Promise<Person | null> {
    return id === '1' ? one : null
  }

  @CachedMany({ entry: 'person', idOf, missing: 'null' })
  async list(ids: readonly string[]): Promise<(Person | null)[]> {
    return this.#find(ids)
  }

  @CachedMany({ entry: 'person', returns: 'map', missing: 'null' })
  async map(ids: readonly string[]): Promise<Map<string, Person>> {
    return new Map(this.#find(ids).flatMap((person) => (person ? [[person.id, person]] : [])))
  }

  @CachedMany({ entry: 'person', returns: 'record', missing: 'null' })
  async record(ids: readonly string[]): Promise<Partial<Record<string, Person>>> {
    return Object.fromEntries(ids.map((id, index) => [id, this.#find(ids)[index] ?? undefined]))
  }

  @CachedMany({ entry: 'person', returns: 'map', missing: 'null' })
  async fullMap(ids: readonly string[]): Promise<Map<string, Person | null>> {
    return new Map(ids.map((id, index) => [id, this.#find(ids)[index] ?? null]))
  }

  @CachedMany({ entry: 'person', returns: 'record', missing: 'null' })
  async fullRecord(ids: readonly string[]): Promise<Record<string, Person | null>> {
    return Object.fromEntries(await this.fullMap(ids))
  }

  @CachedMany({ entry: 'person', missing: 'null' })
  async byPosition(ids: readonly string[]): Promise<(Person | null | undefined)[]> {
    return this.#find(ids).map((person) => person ?? undefined)
  }

  #find(ids: readonly string[]): (Person | null)[] {
    this.calls.push([...ids])
    return ids.map((id) => (id === '1' ? one : null))
  }
}

/** Calls of each form, and what they give when 1 is there and 2 is not. */
const FORMS = [
  ['list by idOf', (people: Nullable, ids: string[]) => people.list(ids), [one]],
  ['Map', (people: Nullable, ids: string[]) => people.map(ids), new Map([['1', one]])],
  ['record', (people: Nullable, ids: string[]) => people.record(ids), { 1: one }],
] as const

/** Fails for whom there is not. */
@CacheConfig({ namespace: 'sure-people', ttl: '1m', jitter: 0 })
class Sure {
  readonly calls: string[][] = []
  readonly present = new Set(['1'])

  @Cached({ staleWhileRevalidate: '1m' })
  async person(id: string): Promise<Person> {
    if (!this.present.has(id)) throw new RangeError('there is nobody')
    return { id }
  }

  @CachedMany({ entry: 'person', idOf, missing: 'skip' })
  async list(ids: readonly string[]): Promise<Person[]> {
    this.calls.push([...ids])
    return ids.filter((id) => this.present.has(id)).map((id) => ({ id }))
  }
}

describe('What @CachedMany leaves out', () => {
  for (const [form, read, expected] of FORMS) {
    it(`C22, C40: is null in the entry, and nowhere in a ${form}, where the method gives null`, async () => {
      const people = createTestCache().cache.weave(new Nullable())
      for (const round of ['loaded', 'kept']) {
        expect(await read(people, ['1', '2']), round).to.deep.equal(expected)
        expect(await people.person('2'), round).to.equal(null)
      }
    })

    it(`C22: includes a null of the single-item method, for a ${form}`, async () => {
      const people = createTestCache().cache.weave(new Nullable())
      expect(await people.person('2')).to.equal(null)
      expect(await read(people, ['1', '2'])).to.deep.equal(expected)
    })
  }

  it('C22: is not what the method itself has given as null in a Map or an object', async () => {
    const people = createTestCache().cache.weave(new Nullable())
    const [map, record] = [await people.fullMap(['1', '2']), await people.fullRecord(['1', '3'])]
    expect(map).to.deep.equal(
      new Map<string, Person | null>([
        ['1', one],
        ['2', null],
      ]),
    )
    expect(record).to.deep.equal({ 1: one, 3: null })
    expect(await people.person('3')).to.equal(null)
    // From the entry it cannot be told whose null it is.
    expect(await people.fullMap(['1', '2'])).to.deep.equal(new Map([['1', one]]))
  })

  it('C40: is nothing of a list by position, whose undefined is stored as it is', async () => {
    const people = createTestCache().cache.weave(new Nullable())
    expect(await people.byPosition(['2', '1'])).to.deep.equal([undefined, one])
    expect(await people.person('2')).to.equal(undefined)
  })

  it("is left out by a call that passes by the cache as well, with 'skip'", async () => {
    const { cache } = createTestCache()
    const people = cache.weave(new Sure())
    await cache.unitOfWork(async () => {
      expect(await people.list(['2', '1', '3'])).to.deep.equal([one])
    })
    expect(people.calls.flat().toSorted()).to.deep.equal(['1', '2', '3'])
    await cache.close()
    expect(await people.list(['2', '1'])).to.deep.equal([one])
  })

  it("C22: is not served stale any more once a refresh has left it out, with 'skip'", async () => {
    const { cache, clock } = createTestCache()
    const people = cache.weave(new Sure())
    await people.list(['1'])
    people.present.clear()
    await clock.advance(61_000)
    expect(await people.list(['1'])).to.deep.equal([one])
    await new Promise(setImmediate)
    expect(people.calls).to.deep.equal([['1'], ['1']])
    expect(cache.entryOf(people, 'person').peek('1')).to.equal(undefined)
    expect(await people.list(['1'])).to.deep.equal([])
  })

  it("is no value that is refused, with 'skip'", async () => {
    const { cache } = createTestCache()
    await cache.weave(new Sure()).list(['1', '2'])
    expect(cache.stats().total).to.include({ stored: 1, refusedValues: 0 })
  })
})
