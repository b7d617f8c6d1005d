import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'

interface Profile {
  readonly id: string
  readonly teamId: string
}

interface UserRepository {
  load(id: string): Promise<Profile>
  recentlyActive(): Promise<[string][]>
}

// What the documentation shows, word for word: without annotations the compiler asks for none.
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

  @CachePut({ entry: 'profile', key: (id: string) => id })
  async rename(id: string, name: string): Promise<Profile> {
    return this.repository.load(`${id}${name}`)
  }

  @CacheEvict({ entry: 'profile' })
  async remove(id: string): Promise<void> {
    await this.repository.load(id)
  }

  @CacheEvict({ tags: (teamId: string) => [`team:${teamId}`] })
  async disband(teamId: string): Promise<void> {
    await this.repository.load(teamId)
  }

  async recentlyActive(): Promise<[string][]> {
    return this.repository.recentlyActive()
  }
}
