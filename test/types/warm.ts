import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'

interface Profile {
  id: string
  teamId: string
}
declare const load: (id: string) => Promise<Profile>

export class Users {
  private readonly names = ['a']
  ids(): string[] {
    return this.names
  }
  private async recent(): Promise<[string][]> {
    return [['1']]
  }

  @Warm({ arguments: [['1'], ['2']], every: '30m' }) @Cached() async list(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  @Warm({ arguments: [[]] }) @Cached() async none(): Promise<Profile> {
    return load('')
  }
  @Warm({
    arguments: [
      ['1', 2],
      ['2', 3],
    ],
    priority: 2,
  })
  @Cached()
  async two(id: string, n: number): Promise<Profile> {
    return load(id + n)
  }
  @Warm({ arguments: [['1'], ['2', 3]] }) @Cached() async optional(
    id: string,
    n?: number,
  ): Promise<Profile> {
    return load(id + n)
  }
  @Warm({ arguments: (service: Users) => service.recent() }) @Cached() async fromInstance(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  @Warm({ arguments: (service: Users) => service.ids().map((id) => [id]) }) @Cached() async mapped(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  @Warm({
    arguments: async function* (service: Users) {
      for (const id of service.ids()) yield [id] as const
    },
  })
  @Cached()
  async streamed(id: string): Promise<Profile> {
    return load(id)
  }
  @Warm({
    arguments: new Set([['1'] as const]),
    cron: '0 * * * *',
    critical: true,
    timeout: '5s',
    name: 'users',
    concurrency: 2,
    rate: 0.5,
  })
  @Cached()
  async set(id: string): Promise<Profile> {
    return load(id)
  }

  // @ts-expect-error
  @Warm({ arguments: [[1]] }) async type(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Warm({ arguments: [['1']] }) async fewer(id: string, n: number): Promise<Profile> {
    return load(id + n)
  }
  // @ts-expect-error
  @Warm({ arguments: [['1', 2]] }) async more(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Warm({ arguments: ['1'] }) async noTuple(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Warm({ arguments: (service: Users) => service.ids() }) async noTuples(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Warm({ arguments: (service: Map<string, string>) => [[service.size]] }) async otherClass(
    id: number,
  ): Promise<Profile> {
    return load(String(id))
  }
  // @ts-expect-error
  @Warm({}) async missing(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Warm({ arguments: [['1']], every: '30 minutes' }) async every(id: string): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Warm({ arguments: [['1']], every: '30m', cron: '* * * * *' }) async both(
    id: string,
  ): Promise<Profile> {
    return load(id)
  }
  // @ts-expect-error
  @Warm({ arguments: [['1']] }) sync(id: string): Profile {
    return { id, teamId: '' }
  }
}
