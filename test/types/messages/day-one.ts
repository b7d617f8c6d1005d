import { CacheEvict } from '../../../src/decorators/cache-evict.js'
import { CachePut } from '../../../src/decorators/cache-put.js'
import { Cached } from '../../../src/decorators/cached.js'
import { CachedMany } from '../../../src/decorators/cached-many.js'
import { Warm } from '../../../src/decorators/warm.js'

// What a compiler says about mistakes of the first day. Each `says:` is part of a message about
// what stands beneath it, in every compiler and dialect.

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

  // says: Property 'teamId' does not exist on type 'Annotate<"(id: string) => ...">'
  @Cached({ tags: (profile) => [profile.teamId] })
  async unwrittenTags(id: string): Promise<Profile> {
    return load(id)
  }
  // says: Type 'Annotate<"(id: string) => ...">' is not assignable to type 'Key'
  @Cached({ key: (id) => id })
  async unwrittenKey(id: string): Promise<Profile> {
    return load(id)
  }
  // says: Type 'Annotate<"(id: string) => ...">' is not assignable to type 'string'
  @CacheEvict({ tags: (teamId) => [teamId] })
  async unwrittenEvictedTags(teamId: string): Promise<void> {
    await load(teamId)
  }
  // says: Property 'region' does not exist on type 'AnnotateThis'
  @Cached({
    key: function (id: string) {
      return [this.region, id]
    },
  })
  async unwrittenThis(id: string): Promise<Profile> {
    return load(id)
  }
  // says: Property 'ids' does not exist on type 'Annotate<"(id: string) => ...">'
  @Warm({ arguments: (service) => service.ids() })
  async unwrittenService(id: string): Promise<Profile> {
    return load(id)
  }
  // says: `arguments` does not have as many arguments as the method has parameters
  @Warm({ arguments: [['1', 2]] })
  async warmMore(id: string): Promise<Profile> {
    return load(id)
  }
  // says: the class has no public method 'profle' that returns a promise
  @CacheEvict({ entry: 'profle', key: (id: string) => id })
  async nameWithKey(id: string): Promise<void> {
    await load(id)
  }
  // says: the class has no public method 'profle' that returns a promise
  @CacheEvict({ entry: 'profle' })
  async name(id: string): Promise<void> {
    await load(id)
  }
  // says: TakesKey<"profile", [number], "where @Cached has a `key` of its own, annotate what this one returns: Key">
  @CacheEvict({ entry: 'profile', key: (id: string) => id.length })
  async keyType(id: string): Promise<void> {
    await load(id)
  }
  // says: TakesKey<"profile", [number], "where @Cached has a `key` of its own, annotate what this one returns: Key">
  @CachePut({ entry: 'profile', key: (id: string) => id.length })
  async putType(id: string): Promise<Profile> {
    return load(id)
  }
  // says: the key is not what the entry's method takes
  @CacheEvict({ entry: 'profile', key: (id: string) => [id, 1] })
  async keyLength(id: string): Promise<void> {
    await load(id)
  }
  // says: the parameters differ from those of the entry's method
  @CachedMany({ entry: 'profile' })
  async manyParameters(ids: string[], trace: string): Promise<Profile[]> {
    return Promise.all(ids.map((id) => load(id + trace)))
  }
  // says: Type 'number' is not assignable to type 'string'
  @CachedMany({
    entry: 'profile',
    idOf: (profile: Profile) => Number(profile.id),
    missing: 'skip',
  })
  async idType(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // says: omitted items are stored as undefined, which the entry's method does not return: set `missing`
  @CachedMany({ entry: 'profile', idOf: (profile: Profile) => profile.id })
  async missing(ids: string[]): Promise<Profile[]> {
    return Promise.all(ids.map(load))
  }
  // says: omitted items are stored as null, which the entry's method does not return: set `missing`
  @CachedMany({ entry: 'profile', returns: 'map', missing: 'null' })
  async missingNull(ids: string[]): Promise<Map<string, Profile>> {
    return new Map(ids.map((id) => [id, { id, teamId: '' }]))
  }
  // says: Type 'number' is not assignable to type 'string'
  @Cached({ key: (id: number) => id })
  async parameter(id: string): Promise<Profile> {
    return load(id)
  }
  // says: a callback has more parameters than every call of the method passes
  @Cached({ key: (id: string, year: number) => [id, year] })
  async arity(id: string): Promise<Profile> {
    return load(id)
  }
  // says: the parameters differ from those of the entry's method: return the key in `key` or `keyOf`
  @CacheEvict({ entry: 'profile' })
  async parameters(id: string, year: number): Promise<void> {
    await load(id + year)
  }
  // says: Type 'string' is not assignable to type 'readonly string[]'
  @Cached({ tags: (profile: Profile) => profile.teamId })
  async oneTag(id: string): Promise<Profile> {
    return load(id)
  }
  // says: Type 'string' is not assignable to type 'readonly string[]'
  @CacheEvict({ tags: (teamId: string) => teamId })
  async oneEvictedTag(teamId: string): Promise<void> {
    await load(teamId)
  }
  // says: Type 'string' is not assignable to type 'object'
  @CacheEvict({ entry: 'profile', keys: (id: string) => id })
  async bareKeys(id: string): Promise<void> {
    await load(id)
  }
  // says: "250ms"
  @Cached({ ttl: '5 minutes' })
  async ttl(id: string): Promise<Profile> {
    return load(id)
  }
  // says: "250ms"
  @Cached({ staleWhileRevalidate: '1h30m' })
  async stale(id: string): Promise<Profile> {
    return load(id)
  }
  // says: Type 'number' is not assignable to type 'string'
  @Cached({ scope: (id: string) => id.length })
  async scope(id: string): Promise<Profile> {
    return load(id)
  }
  // says: Type 'Promise<string>' is not assignable to type 'Key'
  @Cached({ key: async (id: string) => id })
  async asyncKey(id: string): Promise<Profile> {
    return load(id)
  }
  // says: Type 'Profile' is not assignable to type 'string'
  @Cached({ unless: (result: string) => result === '' })
  async result(id: string): Promise<Profile> {
    return load(id)
  }
  // says: is not assignable to type 'PromiseLike<unknown>'
  @Cached()
  sync(id: string): string {
    return id
  }
}
