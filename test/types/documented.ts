import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Warm } from '../../src/decorators/warm.js'

// What docs/decorators.md shows, word for word; a test compares the two.

interface Profile {
  readonly id: string
  readonly name: string
  readonly teamId: string
}

interface UserRepository {
  load(id: string): Promise<Profile>
  loadAll(ids: readonly string[]): Promise<Profile[]>
  save(profile: Profile): Promise<Profile>
  remove(id: string): Promise<void>
  recentlyActive(): Promise<[string][]>
}

@CacheConfig({ namespace: 'users', version: 2, ttl: '10m' })
export class UserService {
  constructor(private readonly repository: UserRepository) {}

  @Warm({ arguments: (service: UserService) => service.recentlyActive(), every: '30m' })
  @Cached({
    ttl: '1h',
    staleWhileRevalidate: '5m',
    staleIfError: '1d',
    tags: (profile: Profile) => [`team:${profile.teamId}`],
  })
  async profile(id: string): Promise<Profile> {
    return this.repository.load(id)
  }

  @CachedMany({ entry: 'profile', idOf: (profile: Profile) => profile.id, missing: 'skip' })
  async profiles(ids: readonly string[]): Promise<Profile[]> {
    return this.repository.loadAll(ids)
  }

  @CachePut({ entry: 'profile', key: (id: string) => id })
  async rename(id: string, name: string): Promise<Profile> {
    const profile = await this.repository.load(id)
    return this.repository.save({ ...profile, name })
  }

  @CacheEvict({ entry: 'profile' })
  async remove(id: string): Promise<void> {
    await this.repository.remove(id)
  }

  @CacheEvict({ tags: (teamId: string) => [`team:${teamId}`] })
  async disband(teamId: string): Promise<void> {
    await this.repository.remove(teamId)
  }

  async recentlyActive(): Promise<[string][]> {
    return this.repository.recentlyActive()
  }
}

@CacheConfig({ namespace: 'reports' })
export class ReportService {
  constructor(
    private readonly tenant: string,
    private readonly render: (parts: readonly unknown[]) => Promise<string>,
  ) {}

  @Cached<ReportService['monthly']>({ key: (year, month) => [year, month] })
  async monthly(year: number, month: number, _trace?: string): Promise<string> {
    return this.render([year, month])
  }

  @Cached({
    scope(this: ReportService) {
      return this.tenant
    },
  })
  async summary(year: number): Promise<string> {
    return this.render([this.tenant, year])
  }

  @CacheEvict({ entry: [UserService, 'profile'], key: (userId: string) => userId })
  async forget(userId: string): Promise<void> {
    await this.render([userId])
  }
}
