import { Cached } from '../../src/decorators/cached.js'

interface Profile {
  id: string
  teamId: string
}
declare const load: (id: string) => Promise<Profile>

export class Accepted {
  private readonly tenant = 'a'
  readonly region = 'eu'
  @Cached() async none(): Promise<number> {
    return 1
  }
  @Cached({}) async empty(): Promise<number> {
    return 1
  }
  @Cached({ ttl: '5m', staleIfError: 3 }) async plain(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached({ key: (id: string) => id }) async key(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached({ key: (id: string) => id }) async fewer(id: string, n: number): Promise<Profile> {
    return load(id + n)
  }
  @Cached({
    tags: (profile: Profile) => [profile.teamId],
    key: (id: string) => [id],
    unless: (profile: Profile | null, id: string, n: number) => profile === null && n > 1,
    ttl: () => '5m',
    condition: (id: string | number) => id !== 1,
    scope: (_id: string, n: number) => String(n),
  })
  async mixed(id: string, n: number): Promise<Profile> {
    return load(id + n)
  }
  @Cached({
    scope(this: Accepted, id: string) {
      return this.region + this.tenant + id
    },
  })
  async self(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached({ key: (id: string | number) => [id] }) async wider(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached({ key: (...ids: string[]) => ids }) async rest(...ids: string[]): Promise<Profile> {
    return load(ids[0]!)
  }
  @Cached({ key: (id: string) => id }) plainFunction(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached() like(id: string): PromiseLike<Profile> {
    return load(id)
  }
  @Cached() async itself(): Promise<this> {
    return this
  }
  @Cached({ key: (id: string) => id }) async [Symbol.toStringTag](id: string): Promise<Profile> {
    return load(id)
  }
  @Cached({ key: (x: unknown) => [x] }) async generic<T>(x: T): Promise<T> {
    return x
  }
  @Cached({ key: (id: string) => id }) protected async prot(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached({ key: (id: string) => id }) private async priv(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached<Accepted['two']>({ key: (id, n) => [id, n], unless: (r) => r.id === '' }) async two(
    id: string,
    n: number,
  ): Promise<Profile> {
    return load(id + n)
  }
  over(id: string): Promise<Profile>
  over(id: number): Promise<Profile>
  @Cached({ key: (id: string | number) => [id] }) async over(
    id: string | number,
  ): Promise<Profile> {
    return load(String(id))
  }
  async use() {
    return [await this.priv('1'), await this.prot('1')]
  }
}

export class Repo<T extends { id: string }> {
  constructor(private readonly load: (id: T['id']) => Promise<T>) {}
  @Cached() async find(id: T['id']): Promise<T> {
    return this.load(id)
  }
  @Cached({ key: (id: string) => id, unless: (r: { id: string }) => r.id === '' }) async find2(
    id: T['id'],
  ): Promise<T> {
    return this.load(id)
  }
}

export class Rejected {
  // @ts-expect-error sync
  @Cached() sync(id: string): string {
    return id
  }
  // @ts-expect-error static
  @Cached() static async stat(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error field
  @Cached() field = async (id: string): Promise<string> => id
  // @ts-expect-error getter
  @Cached() get getter(): Promise<string> {
    return Promise.resolve('')
  }
  // @ts-expect-error generator
  @Cached() async *gen(): AsyncGenerator<string> {
    yield ''
  }
  // @ts-expect-error wrong type
  @Cached({ key: (id: number) => id }) async wrong(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error more
  @Cached({ key: (id: string, n: number) => [id, n] }) async more(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error optional
  @Cached({ key: (id: string, n: number) => [id, n] }) async optional(
    id: string,
    n?: number,
  ): Promise<string> {
    return id + n
  }
  // @ts-expect-error result
  @Cached({ unless: (r: number) => r === 1 }) async result(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error ttl result
  @Cached({ ttl: (r: number) => r }) async ttl(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error tags result
  @Cached({ tags: (r: Profile) => [r.id] }) async tags(id: string): Promise<Profile | null> {
    return load(id)
  }
  // @ts-expect-error bad duration
  @Cached({ ttl: '5 minuts' }) async duration(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error a namespace belongs to a class
  @Cached({ namespace: 'users' }) async namespace(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error bad duration from a function
  @Cached({ ttl: () => '5 minutes' }) async computed(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error unknown option
  @Cached({ tll: '5m' }) async unknown(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error async key
  @Cached({ key: async (id: string) => id }) async asyncKey(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error async condition
  @Cached({ condition: async (id: string) => id === '' }) async asyncCondition(
    id: string,
  ): Promise<string> {
    return id
  }
  @Cached({
    // @ts-expect-error forgotten return
    key: (id: string) => {
      String(id)
    },
  })
  async forgotten(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error this of another class
  @Cached({
    scope(this: Accepted) {
      return this.region
    },
  })
  async other(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error nobody wrote the parameter's type
  @Cached({ tags: (profile) => [profile.teamId] }) async unwrittenTags(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Cached({ key: (id) => id }) async unwrittenKey(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ key: (id) => [id] }) async unwrittenList(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ condition: (id) => id !== '' }) async unwrittenCondition(id: string): Promise<string> {
    return id
  }
  @Cached({
    key(id: string) {
      // @ts-expect-error nobody wrote the type of this
      return [this.region, id]
    },
  })
  async unwrittenThis(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error one tag is a list too
  @Cached({ tags: (profile: Profile) => profile.teamId }) async oneTag(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Cached({ tags: 'profiles' }) async bareTag(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ scope: (id: string) => id.length }) async numericScope(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ unless: (result: string) => result }) async noBoolean(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ negativeTtl: true }) async negative(id: string): Promise<string> {
    return id
  }
}
