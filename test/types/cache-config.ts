import { CacheConfig } from '../../src/decorators/cache-config.js'

@CacheConfig({ namespace: 'users', version: 2, ttl: '10m' })
export class Users {
  find(): string {
    return ''
  }
}

@CacheConfig({
  namespace: 'scoped',
  scope(this: Scoped) {
    return this.tenant
  },
})
export class Scoped {
  constructor(private readonly tenant: string) {}
}

@CacheConfig({ namespace: 'scoped', ttl: (result: unknown) => (result === null ? '5s' : 5_000) })
export abstract class Abstract<T> {
  protected constructor(readonly item: T) {}
}

// @ts-expect-error
@CacheConfig({ ttl: '10 minutes' })
export class Duration {}

// @ts-expect-error
@CacheConfig({ nmespace: 'users' })
export class Unknown {}

// @ts-expect-error
@CacheConfig({ tags: ['a'] })
export class MethodOption {}

// @ts-expect-error
@CacheConfig({
  scope(this: Scoped) {
    return String(this)
  },
})
export class OtherClass {}

export class Member {
  // @ts-expect-error
  @CacheConfig({ ttl: '10m' }) async find(): Promise<string> {
    return ''
  }
}
