import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'

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
