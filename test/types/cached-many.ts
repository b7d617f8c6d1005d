import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'

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
  @Cached() async local(id: string, locale: string): Promise<Profile | null> {
    return load(id + locale)
  }

  @CachedMany({ entry: 'profile' }) async list(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  @CachedMany({ entry: 'profile' }) async readonlyList(
    ids: readonly string[],
  ): Promise<readonly (Profile | undefined)[]> {
    return Promise.all(ids.map(load))
  }
  @CachedMany({ entry: 'profile', returns: 'map', missing: 'skip' }) async map(
    ids: string[],
  ): Promise<Map<string, Profile>> {
    return new Map(ids.map((id) => [id, { id, teamId: '' }]))
  }
  @CachedMany({ entry: 'profile', returns: 'record', missing: 'skip' }) async record(
    ids: string[],
  ): Promise<Record<string, Profile>> {
    return { [String(ids)]: await load('') }
  }
  @CachedMany({ entry: 'profile', returns: 'record', missing: 'skip' }) async partial(
    ids: string[],
  ): Promise<Partial<Record<string, Profile>>> {
    return { [String(ids)]: await load('') }
  }
  @CachedMany({ entry: 'local' }) async nullable(
    ids: string[],
    locale: string,
  ): Promise<(Profile | null)[]> {
    return Promise.all(ids.map((id) => load(id + locale)))
  }
  @CachedMany({
    entry: 'local',
    ids: 1,
    keyOf: (id: string, locale: string) => [id, locale],
    idOf: (item: Profile) => item.id,
    missing: 'null',
  })
  async second(locale: string, ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map((id) => load(id + locale)))
  }
  @CachedMany({ entry: 'profile', keyOf: (id: number) => String(id) }) async numbers(
    ids: number[],
  ): Promise<Profile[]> {
    return Promise.all(ids.map((id) => load(String(id))))
  }
  @CachedMany({
    entry: 'profile',
    condition: (ids: string[]) => ids.length < 10,
    scope(this: Users) {
      return this.region
    },
  })
  async conditional(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }

  @CachedMany({
    entry: 'profile',
    idOf: (item: Profile): string | undefined => item.id,
    missing: 'skip',
  })
  async maybeId(ids: readonly string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }

  // @ts-expect-error a number is no text
  @CachedMany({ entry: 'profile', idOf: (item: Profile) => Number(item.id), missing: 'skip' })
  async idType(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', idOf: (item: Profile) => Number(item.id), missing: 'skip' })
  async readonlyIdType(ids: readonly string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'local', ids: 1, idOf: (item: Profile) => item, missing: 'null' })
  async secondIdType(locale: string, ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map((id) => load(id + locale)))
  }
  // @ts-expect-error the key is not what the entry's method takes
  @CachedMany({ entry: 'profile', keyOf: (id: number) => id })
  async keyType(ids: number[]): Promise<Profile[]> {
    return Promise.all(ids.map(String).map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'local', keyOf: (id: string) => id })
  async keyLength(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'local', keyOf: (id: string, n: number) => [id, String(n)] })
  async keyOthers(ids: string[], locale: string): Promise<Profile[]> {
    return Promise.all(ids.map((id) => load(id + locale)))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'local', keyOf: (id: string, locale: string) => [id, locale] })
  async keyMore(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error the key would have a part that the entry's keys have not
  @CachedMany({ entry: 'profile' }) async more(ids: string[], trace: string): Promise<Profile[]> {
    return Promise.all(ids.map((id) => load(id + trace)))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'local' }) async fewer(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error nobody wrote the parameter's type
  @CachedMany({ entry: 'profile', idOf: (item) => item.id, missing: 'skip' })
  async unwritten(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profle' }) async name(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({}) async none(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile' }) async noList(id: string): Promise<Profile[]> {
    return [await load(id)]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile' }) async otherIds(ids: number[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile' }) async otherResult(ids: string[]): Promise<string[]> {
    return ids
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile' }) async single(ids: string[]): Promise<Profile> {
    return load(ids.join())
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', ids: 1 }) async wrongIndex(
    ids: string[],
    n: number,
  ): Promise<Profile[]> {
    return [await load(ids.join() + n)]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', ids: 1 }) async noIndex(ids: string[]): Promise<Profile[]> {
    return [await load(ids.join())]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', keyOf: (id: number) => id }) async keyOf(
    ids: string[],
  ): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', idOf: (item: { name: string }) => item.name, missing: 'skip' })
  async idOf(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', ttl: '5m' }) async ttl(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile' })
  async mapWithoutSaying(ids: string[]): Promise<Map<string, Profile>> {
    return new Map(ids.map((id) => [id, { id, teamId: '' }]))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', returns: 'map', missing: 'skip' })
  async listAsMap(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', returns: 'record', missing: 'skip' })
  async mapAsRecord(ids: string[]): Promise<Map<string, Profile>> {
    return new Map(ids.map((id) => [id, { id, teamId: '' }]))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile', returns: 'set' })
  async set(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'profile' }) sync(ids: string[]): Profile[] {
    return ids.map((id) => ({ id, teamId: '' }))
  }
}

export class Repo<T extends { id: string }> {
  constructor(private readonly load: (id: T['id']) => Promise<T>) {}
  @Cached() async find(id: T['id']): Promise<T> {
    return this.load(id)
  }
  @CachedMany({ entry: 'find' }) async many(ids: T['id'][]): Promise<T[]> {
    return Promise.all(ids.map((id) => this.load(id)))
  }
  @CachedMany({ entry: 'find', returns: 'map', missing: 'skip' }) async manyMap(
    ids: T['id'][],
  ): Promise<Map<string, T>> {
    return new Map(await Promise.all(ids.map(async (id) => [id, await this.load(id)] as const)))
  }
  @CachedMany({ entry: 'find', idOf: (item: { id: string }) => item.id, missing: 'skip' })
  async manyById(ids: T['id'][]): Promise<T[]> {
    return Promise.all(ids.map((id) => this.load(id)))
  }
  // @ts-expect-error
  @CachedMany({ entry: 'find', idOf: (item: { id: string }) => item.id.length, missing: 'skip' })
  async manyByLength(ids: T['id'][]): Promise<T[]> {
    return Promise.all(ids.map((id) => this.load(id)))
  }
}

declare const idOf: (item: Profile) => string
declare const missing: 'undefined' | 'null' | 'skip'

/** What is stored for an item that a method leaves out is what the entry's method may return. */
export class Missing {
  @Cached() async sure(id: string): Promise<Profile> {
    return load(id)
  }
  @Cached() async orUndefined(id: string): Promise<Profile | undefined> {
    return load(id)
  }
  @Cached() async orNull(id: string): Promise<Profile | null> {
    return load(id)
  }
  @Cached() async either(id: string): Promise<Profile | null | undefined> {
    return load(id)
  }
  @Cached() async anything(id: string): Promise<any> {
    return load(id)
  }
  @Cached() async unknown(id: string): Promise<unknown> {
    return load(id)
  }
  @Cached() async text(id: string): Promise<string> {
    return id
  }
  @Cached() async object(id: string): Promise<object> {
    return load(id)
  }
  @Cached() private async hidden(id: string): Promise<Profile> {
    return load(id)
  }

  @CachedMany({ entry: 'orUndefined', idOf }) async a(ids: string[]): Promise<Profile[]> {
    return [await this.hidden(String(ids))]
  }
  @CachedMany({ entry: 'orUndefined', idOf, missing: 'undefined' })
  async b(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  @CachedMany({ entry: 'orNull', idOf, missing: 'null' })
  async c(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  @CachedMany({ entry: 'either', returns: 'map' })
  async d(ids: string[]): Promise<Map<string, Profile>> {
    return new Map([[String(ids), await load('')]])
  }
  @CachedMany({ entry: 'either', returns: 'record', missing: 'null' })
  async e(ids: string[]): Promise<Record<string, Profile>> {
    return { [String(ids)]: await load('') }
  }
  @CachedMany({ entry: 'anything', idOf, missing: 'null' })
  async f(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  @CachedMany({ entry: 'unknown', idOf }) async g(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  @CachedMany({ entry: 'hidden' as string, idOf }) async h(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  @CachedMany({ entry: 'sure', idOf, missing: 'skip' })
  async i(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  @CachedMany({ entry: 'sure', idOf, missing }) async j(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  @CachedMany({ entry: [Users, 'local'], keyOf: (id: string) => [id, ''], idOf, missing: 'null' })
  async k(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  // A list by position leaves none out.
  @CachedMany({ entry: 'sure', missing: 'undefined' })
  async l(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }

  // @ts-expect-error
  @CachedMany({ entry: 'sure', idOf }) async m(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'orNull', idOf }) async n(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'orUndefined', idOf, missing: 'null' })
  async o(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'orNull', returns: 'map' })
  async p(ids: string[]): Promise<Map<string, Profile>> {
    return new Map([[String(ids), await load('')]])
  }
  // @ts-expect-error
  @CachedMany({ entry: 'sure', returns: 'record', missing: 'null' })
  async q(ids: string[]): Promise<Record<string, Profile>> {
    return { [String(ids)]: await load('') }
  }
  // @ts-expect-error
  @CachedMany({ entry: 'text', returns: 'map' })
  async r(ids: string[]): Promise<Map<string, string>> {
    return new Map([[String(ids), '']])
  }
  // @ts-expect-error
  @CachedMany({ entry: 'object', idOf }) async s(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  // @ts-expect-error
  @CachedMany({ entry: [Users, 'profile'], idOf }) async t(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
  // @ts-expect-error
  @CachedMany({ entry: 'sure', idOf, missing: 'none' })
  async u(ids: string[]): Promise<Profile[]> {
    return [await load(String(ids))]
  }
}

export class MissingOf<T extends { id: string }> {
  constructor(private readonly load: (ids: string[]) => Promise<T[]>) {}
  @Cached() async sure(id: string): Promise<T> {
    return (await this.load([id]))[0] as T
  }
  @Cached() async orUndefined(id: string): Promise<T | undefined> {
    return (await this.load([id]))[0]
  }
  @Cached() async orNull(id: string): Promise<T | null> {
    return (await this.load([id]))[0] ?? null
  }
  @CachedMany({ entry: 'orUndefined', idOf: (item: { id: string }) => item.id })
  async a(ids: string[]): Promise<T[]> {
    return this.load(ids)
  }
  @CachedMany({ entry: 'orNull', idOf: (item: { id: string }) => item.id, missing: 'null' })
  async b(ids: string[]): Promise<T[]> {
    return this.load(ids)
  }
  // @ts-expect-error
  @CachedMany({ entry: 'sure', idOf: (item: { id: string }) => item.id })
  async c(ids: string[]): Promise<T[]> {
    return this.load(ids)
  }
  // @ts-expect-error
  @CachedMany({ entry: 'orNull', idOf: (item: { id: string }) => item.id })
  async d(ids: string[]): Promise<T[]> {
    return this.load(ids)
  }
  // @ts-expect-error
  @CachedMany({ entry: 'orUndefined', returns: 'map', missing: 'null' })
  async e(ids: string[]): Promise<Map<string, T>> {
    return new Map((await this.load(ids)).map((item) => [item.id, item]))
  }
}
