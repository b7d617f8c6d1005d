import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'
import type { Key } from '../../src/options/entry-options.js'

interface Profile {
  id: string
  teamId: string
}
declare const load: (id: string) => Promise<Profile>

export class Users {
  readonly region = 'eu'
  @Cached() async profile(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached() async optional(id: string, year?: number): Promise<number> {
    return id.length + (year ?? 0)
  }

  @CacheEvict() async only(id: string): Promise<void> {
    await load(id)
  }
  @CacheEvict({ entry: 'profile' }) async remove(id: string): Promise<void> {
    await load(id)
  }
  @CacheEvict({ entry: 'profile', condition: (id: string) => id !== '' }) async remove2(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  @CacheEvict({ entry: 'profile', key: (id: string) => id, beforeInvocation: true }) async rename(
    id: string,
    name: string,
  ): Promise<void> {
    await load(id + name)
  }
  @CacheEvict({ entry: 'profile', keys: (ids: readonly string[]) => ids }) async removeMany(
    ids: string[],
  ): Promise<void> {
    await load(ids.join())
  }
  @CacheEvict({
    entry: 'profile',
    keys: function* (ids: readonly string[]) {
      yield* ids
    },
  })
  async removeIter(ids: string[]): Promise<void> {
    await load(ids.join())
  }
  @CacheEvict({ tags: (teamId: string) => [`team:${teamId}`] }) async disband(
    teamId: string,
  ): Promise<void> {
    await load(teamId)
  }
  @CacheEvict({ tags: ['teams'] }) async disbandAll(): Promise<void> {
    await load('')
  }
  @CacheEvict({
    tags(this: Users, teamId: string) {
      return [this.region + teamId]
    },
  })
  async own(teamId: string): Promise<void> {
    await load(teamId)
  }
  @CacheEvict({ entry: 'profile', all: true }) async reset(n: number): Promise<void> {
    await load(String(n))
  }
  @CacheEvict({ all: true }) async resetAll(): Promise<void> {
    await load('')
  }
  @CacheEvict<Users['explicit'], 'profile'>({ entry: 'profile', key: (id, n) => [id + n] })
  async explicit(id: string, n: number): Promise<void> {
    await load(id + n)
  }
  @CacheEvict<Users['explicitTags']>({ tags: (id, n) => [id + n] }) async explicitTags(
    id: string,
    n: number,
  ): Promise<void> {
    await load(id + n)
  }

  // @ts-expect-error
  @CacheEvict({ entry: 'profle' }) async name(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profle', all: true }) async nameAll(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profile' }) async more(id: string, n: number): Promise<void> {
    await load(id + n)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profile' }) async fewer(): Promise<void> {
    await load('')
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profile' }) async type(user: Profile): Promise<void> {
    await load(user.id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'optional' }) async lessOptional(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profile', key: (n: number) => n }) async key(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profile', keys: (ids: string) => ids.length }) async keys(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ tags: (id: number) => [String(id)] }) async tags(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ tags: (id: string, n: number) => [id + n] }) async tagsMore(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ tags: (id: string) => id }) async tagsString(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ tags: 'x' }) async tagsString2(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ all: false }) async allFalse(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profile' }) sync(id: string): void {
    void load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entri: 'profile' }) async unknown(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'profile', key: (id: string) => id, all: true }) async both(
    id: string,
  ): Promise<void> {
    await load(id)
  }
}

/** The key that a callback returns is an argument list for the entry's method. */
export class Keys {
  @Cached() async one(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached() async optional(id: string, year?: number): Promise<Profile> {
    return load(id + year)
  }
  @Cached() async rest(...ids: string[]): Promise<Profile> {
    return load(ids.join())
  }
  @Cached() async list(ids: string[]): Promise<Profile> {
    return load(ids.join())
  }
  @Cached() async literal(country: 'de' | 'fr'): Promise<Profile> {
    return load(country)
  }
  @Cached() async object(filter: { a: string; b?: number }): Promise<Profile> {
    return load(filter.a)
  }
  @Cached() async nothing(): Promise<Profile> {
    return load('')
  }
  @Cached({ key: (user: Profile) => user.id }) async own(user: Profile): Promise<Profile> {
    return user
  }
  over(id: string): Promise<Profile>
  over(id: number): Promise<Profile>
  @Cached() async over(id: string | number): Promise<Profile> {
    return load(String(id))
  }
  @Cached() private async hidden(id: string): Promise<Profile> {
    return load(id)
  }
  use() {
    return this.hidden('')
  }

  @CacheEvict({ entry: 'optional', key: (id: string) => [id, 2024] })
  @CacheEvict({ entry: 'optional', key: (id: string) => id })
  @CacheEvict({ entry: 'rest', key: (id: string) => [id, id, id] })
  @CacheEvict({ entry: 'list', key: (id: string) => [[id]] })
  @CacheEvict({ entry: 'literal', key: () => 'de' })
  @CacheEvict({ entry: 'object', key: (id: string) => [{ a: id }] })
  @CacheEvict({ entry: 'nothing', key: () => [] })
  @CacheEvict({ entry: 'over', key: (id: string) => id })
  @CacheEvict({ entry: 'hidden' as string, key: (id: string) => id.length })
  @CacheEvict({ key: (id: string) => id.length })
  @CacheEvict({ entry: 'own', key: (id: string): Key => id })
  async accepted(id: string): Promise<void> {
    await load(id)
  }
  @CacheEvict({ entry: 'optional', keys: (ids: string[]) => ids.map((id) => [id, 2024]) })
  @CacheEvict({ entry: 'one', keys: (ids: string[]) => new Set(ids) })
  @CacheEvict({ entry: 'rest', key: (ids: string[]) => ids })
  async acceptedLists(ids: string[]): Promise<void> {
    await load(ids.join())
  }

  // @ts-expect-error
  @CacheEvict({ entry: 'one', key: (id: string) => id.length }) async type(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'one', key: (id: string) => [id, 1] }) async more(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'nothing', key: (id: string) => id }) async moreThanNone(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'one', key: () => [] }) async fewer(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'optional', key: (id: string) => [id, '2024'] }) async second(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error an array is the argument list, so one array argument is [[...]]
  @CacheEvict({ entry: 'list', key: (ids: string[]) => ids }) async bare(
    ids: string[],
  ): Promise<void> {
    await load(ids.join())
  }
  // @ts-expect-error the entry has a key of its own, which the compiler cannot know
  @CacheEvict({ entry: 'own', key: (id: string) => id }) async own2(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'one', keys: (ids: number[]) => ids }) async keys(
    ids: number[],
  ): Promise<void> {
    await load(ids.join())
  }
  // @ts-expect-error a text is no list of keys, though it can be iterated
  @CacheEvict({ entry: 'one', keys: (id: string) => id }) async text(id: string): Promise<void> {
    await load(id)
  }
  // @ts-expect-error nobody wrote the parameter's type
  @CacheEvict({ entry: 'one', key: (user) => user.id }) async unwritten(
    user: Profile,
  ): Promise<void> {
    await load(user.id)
  }
  // @ts-expect-error nobody wrote the parameter's type
  @CacheEvict({ tags: (id) => [id] }) async unwrittenTags(id: string): Promise<void> {
    await load(id)
  }
}

export class KeysOfOthers {
  @CacheEvict({ entry: [Keys, 'optional'], key: (id: string) => [id, 2024] }) async ok(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: [Keys, 'one'], key: (id: string) => id.length }) async type(
    id: string,
  ): Promise<void> {
    await load(id)
  }
  // @ts-expect-error
  @CacheEvict({ entry: [Keys, 'one'], key: (id: string) => [id, 1] }) async more(
    id: string,
  ): Promise<void> {
    await load(id)
  }
}

export class Repo<T extends { id: string }> {
  constructor(private readonly load: (id: T['id']) => Promise<T>) {}
  @Cached() async find(id: T['id']): Promise<T> {
    return this.load(id)
  }
  @CacheEvict({ entry: 'find', key: (item: { id: string }) => item.id }) async remove(
    item: T,
  ): Promise<void> {
    await this.load(item.id)
  }
  @CacheEvict({ entry: 'find', keys: (items: { id: string }[]) => items.map(({ id }) => id) })
  async removeAll(items: T[]): Promise<void> {
    await Promise.all(items.map(({ id }) => this.load(id)))
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'find', key: (item: { id: string }) => item.id.length }) async wrong(
    item: T,
  ): Promise<void> {
    await this.load(item.id)
  }
}
