import { CachePut } from '../../src/decorators/cache-put.js'
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
  @Cached() async maybe(id: string): Promise<Profile | null> {
    return load(id)
  }
  @Cached() async count(id: string, year: number): Promise<number> {
    return id.length + year
  }
  @Cached() async optional(id: string, year?: number): Promise<number> {
    return id.length + (year ?? 0)
  }
  @Cached() private async hidden(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached() async inferred(id: string) {
    return { id }
  }
  use() {
    return this.hidden('')
  }

  @CachePut({ entry: 'profile', key: (id: string) => id }) async rename(
    id: string,
    name: string,
  ): Promise<Profile> {
    return load(id + name)
  }
  @CachePut({ entry: 'profile' }) async touch(id: string): Promise<Profile> {
    return load(id)
  }
  @CachePut({ entry: 'maybe' }) async narrower(id: string): Promise<Profile> {
    return load(id)
  }
  @CachePut({ entry: 'inferred' }) async inferredToo(id: string) {
    return { id }
  }
  @CachePut({
    entry: 'profile',
    key: (id: string) => id,
    value: (result: { profile: Profile }) => result.profile,
  })
  async made(id: string): Promise<{ profile: Profile }> {
    return { profile: await load(id) }
  }
  @CachePut({
    entry: 'profile',
    key: (profile: Profile) => profile.id,
    value: (_: void, profile: Profile) => profile,
  })
  async save(profile: Profile): Promise<void> {
    await load(profile.id)
  }
  @CachePut({ entry: 'hidden' as string, key: (id: string) => id }) async priv(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  @CachePut<Users['two'], 'profile'>({
    entry: 'profile',
    key: (id, n) => [id, n],
    unless: (r) => r.id === '',
  })
  async two(id: string, n: number): Promise<Profile> {
    return load(id + n)
  }
  @CachePut({
    entry: 'profile',
    key(this: Users, id: string) {
      return this.region + id
    },
    scope: () => 'x',
    condition: (_id: string, n: number) => n > 1,
    unless: (r: Profile) => r.id === '',
  })
  async all(id: string, n: number): Promise<Profile> {
    return load(id + n)
  }

  // @ts-expect-error
  @CachePut({ entry: 'profle', key: (id: string) => id }) async name(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'region', key: (id: string) => id }) async field(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'hidden', key: (id: string) => id }) async hiddenToo(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', key: (id: string) => id }) async result(
    id: string,
  ): Promise<string> {
    return id
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', key: (id: string) => id }) async nullable(
    id: string,
  ): Promise<Profile | null> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', value: (r: Profile) => r.id }) async value(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile' }) async more(id: string, name: string): Promise<Profile> {
    return load(id + name)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile' }) async other(id: number): Promise<Profile> {
    return load(String(id))
  }
  // @ts-expect-error
  @CachePut({ entry: 'count' }) async fewer(id: string): Promise<number> {
    return id.length
  }
  // @ts-expect-error
  @CachePut({ entry: 'optional' }) async lessOptional(id: string): Promise<number> {
    return id.length
  }
  // @ts-expect-error
  @CachePut({ key: (id: string) => id }) async none(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', key: (id: number) => id }) async key(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', key: (n: number) => n }) async keyType(
    n: number,
  ): Promise<Profile> {
    return load(String(n))
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', key: (id: string) => [id, 1] }) async keyLength(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', value: (result) => result.profile }) async unwritten(
    id: string,
  ): Promise<{ profile: Profile }> {
    return { profile: await load(id) }
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile', ttl: '5m' }) async ttl(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'profile' }) sync(id: string): Profile {
    return { id, teamId: '' }
  }
}

export class Teams {
  @CachePut({ entry: [Users, 'profile'], key: (id: string) => id }) async ok(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  @CachePut({ entry: [Users, 'profile'] }) async same(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: [Users, 'profle'], key: (id: string) => id }) async name(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @CachePut({ entry: [Users, 'profile'], key: (id: string) => id }) async result(
    id: string,
  ): Promise<string> {
    return id
  }
  // @ts-expect-error
  @CachePut({ entry: [Users, 'profile'] }) async more(id: string, n: number): Promise<Profile> {
    return load(id + n)
  }
}

export class Repo<T extends { id: string }> {
  constructor(private readonly load: (id: T['id']) => Promise<T>) {}
  @Cached() async find(id: T['id']): Promise<T> {
    return this.load(id)
  }
  @CachePut({ entry: 'find' }) async same(id: T['id']): Promise<T> {
    return this.load(id)
  }
  @CachePut({ entry: 'find', key: (item: { id: string }) => item.id }) async save(
    item: T,
  ): Promise<T> {
    return this.load(item.id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'find', key: (item: { id: string }) => item.id }) async wrong(
    item: T,
  ): Promise<string> {
    return item.id
  }
  // @ts-expect-error
  @CachePut({ entry: 'find' }) async more(id: T['id'], n: number): Promise<T> {
    return this.load(id + n)
  }
}
