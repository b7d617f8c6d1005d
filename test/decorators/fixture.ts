import type { CacheConfig } from '../../src/decorators/cache-config.js'
import type { CacheEvict } from '../../src/decorators/cache-evict.js'
import type { CachePut } from '../../src/decorators/cache-put.js'
import type { Cached } from '../../src/decorators/cached.js'
import type { CachedMany } from '../../src/decorators/cached-many.js'
import type { Warm } from '../../src/decorators/warm.js'

/**
 * Classes that are compiled twice, for legacy and for standard decorators. They get the decorators
 * as arguments and import nothing, so both outputs use the same copy of the library.
 */
export interface Decorators {
  readonly Cached: typeof Cached
  readonly CachedMany: typeof CachedMany
  readonly CachePut: typeof CachePut
  readonly CacheEvict: typeof CacheEvict
  readonly CacheConfig: typeof CacheConfig
  readonly Warm: typeof Warm
}

/** A decorator that the compiler lets stand anywhere, in either dialect. */
type AnyDecorator = (...received: unknown[]) => never

/** A decorator of another library: it wraps the method, in either dialect. */
function shouting(...[first, , third]: unknown[]): never {
  const descriptor = third as PropertyDescriptor | undefined
  const value: unknown = descriptor === undefined ? first : descriptor.value
  async function wrapper(this: unknown, ...args: unknown[]): Promise<string> {
    const result: unknown = await Reflect.apply(value as () => unknown, this, args)
    return `${String(result)}!`
  }
  return (descriptor === undefined ? wrapper : { ...descriptor, value: wrapper }) as never
}

/** A decorator of another library that leaves a note on the method's function, in either dialect. */
export const NOTE = Symbol('note')
function noted(...[first, , third]: unknown[]): void {
  const descriptor = third as PropertyDescriptor | undefined
  const value: unknown = descriptor === undefined ? first : descriptor.value
  Object.assign(value as object, { [NOTE]: 'kept', plain: 'kept too' })
}

/** What the tests call on the service. */
export interface UserService {
  readonly calls: unknown[][]
  profile(id: string): Promise<string>
  profiles(ids: readonly string[]): Promise<string[]>
  rename(id: string, name?: string, ...others: string[]): Promise<string>
}

/** A service as users write it. */
export function defineUsers(decorators: Decorators): new () => UserService {
  const { Cached, CachedMany, CachePut, CacheEvict, CacheConfig, Warm } = decorators
  @CacheConfig({ namespace: 'users', version: 2, ttl: '10m' })
  class Users {
    #greeting = 'hello'
    readonly calls: unknown[][] = []

    @Warm({ arguments: [['1']], every: '30m' })
    @CacheEvict({ tags: ['lists'] })
    @Cached({ ttl: '1h', tags: (name: string) => [name] })
    async profile(id: string): Promise<string> {
      this.calls.push([id])
      return `${this.#greeting} ${id}`
    }

    @CachedMany({ entry: 'profile' })
    async profiles(ids: readonly string[]): Promise<string[]> {
      return ids.map((id) => `${this.#greeting} ${id}`)
    }

    @CachePut({ entry: 'profile', key: (id: string) => id })
    @CacheEvict({ tags: ['names'] })
    rename(id: string, name = 'nobody', ..._others: string[]): Promise<string> {
      return Promise.resolve(`${id} ${name}`)
    }

    @Cached({ entry: 'shared' })
    async [Symbol.for('shared')](): Promise<string> {
      return this.#greeting
    }
  }
  return Users
}

/** A class with one cached method. */
export function defineCached({ Cached }: Decorators, options: Parameters<typeof Cached>[0]) {
  class Users {
    @Cached(options)
    async find(): Promise<string> {
      return 'found'
    }
  }
  return Users
}

/** A base class, and a subclass that overrides one of its methods and inherits the other. */
export function defineFamily({ Cached, CacheConfig }: Decorators) {
  @CacheConfig({ namespace: 'base' })
  class Base {
    @Cached()
    async overridden(id: string): Promise<string> {
      return `base ${id}`
    }

    @Cached()
    async inherited(id: string): Promise<string> {
      return `inherited ${id}`
    }
  }

  class Derived extends Base {
    @Cached()
    override async overridden(id: string): Promise<string> {
      return `derived ${await super.overridden(id)}`
    }

    @Cached()
    async own(id: string): Promise<string> {
      return `own ${id}`
    }
  }

  class Plain extends Base {
    override async overridden(id: string): Promise<string> {
      return `plain ${await super.overridden(id)}`
    }
  }
  return { Base, Derived, Plain }
}

/** Decorators of other libraries beneath, between and above ours. */
export function defineMixed({ Cached, CacheEvict }: Decorators) {
  class Mixed {
    @Cached()
    @shouting
    async beneath(id: string): Promise<string> {
      return id
    }

    @CacheEvict({ tags: ['a'] })
    @shouting
    @Cached()
    async between(id: string): Promise<string> {
      return id
    }

    @shouting
    @Cached()
    async above(id: string): Promise<string> {
      return id
    }

    @Cached()
    @noted
    async noted(id: string): Promise<string> {
      return id
    }
  }
  return Mixed
}

/** What the decorators refuse. Each throws when it is called. */
export function misuses({
  Cached,
  CacheConfig,
  CacheEvict,
}: Decorators): Record<string, () => unknown> {
  // The compiler refuses them too; this is for whoever does not ask it.
  const decorate = Cached as unknown as () => AnyDecorator
  const configure = CacheConfig as unknown as (options: object) => AnyDecorator
  return {
    'a static method': () => {
      class Users {
        @decorate()
        static async find(): Promise<void> {}
      }
      return Users
    },
    'a getter': () => {
      class Users {
        @decorate()
        get find(): Promise<void> {
          return Promise.resolve()
        }
      }
      return Users
    },
    'a field': () => {
      class Users {
        @decorate()
        find = async (): Promise<void> => {}
      }
      return Users
    },
    'a generator': () => {
      class Users {
        @decorate()
        *find(): Generator<number> {
          yield 1
        }
      }
      return Users
    },
    'an async generator': () => {
      class Users {
        @decorate()
        async *find(): AsyncGenerator<number> {
          yield 1
        }
      }
      return Users
    },
    'a second @Cached': () => {
      class Users {
        @Cached()
        @Cached()
        async find(): Promise<void> {}
      }
      return Users
    },
    'a class': () => {
      @decorate()
      class Users {}
      return Users
    },
    'a method named by a symbol': () => {
      class Users {
        @Cached()
        async [Symbol.for('find')](): Promise<void> {}
      }
      return Users
    },
    '@CacheConfig on a method': () => {
      class Users {
        @configure({})
        async find(): Promise<void> {}
      }
      return Users
    },
    '@CacheConfig on a static method': () => {
      class Users {
        @configure({})
        static async find(): Promise<void> {}
      }
      return Users
    },
    'a second @CacheConfig': () => {
      @CacheConfig({ ttl: '5m' })
      @CacheConfig({ ttl: '6m' })
      class Users {}
      return Users
    },
    '@Cached without parentheses': () => {
      const bare = Cached as unknown as AnyDecorator
      class Users {
        @bare
        async find(): Promise<void> {}
      }
      return Users
    },
    '@CacheEvict without parentheses': () => {
      const bare = CacheEvict as unknown as AnyDecorator
      class Users {
        @bare
        async find(): Promise<void> {}
      }
      return Users
    },
    '@CacheConfig without parentheses': () => {
      const bare = CacheConfig as unknown as AnyDecorator
      @bare
      class Users {}
      return Users
    },
    'an unknown option': () => {
      class Users {
        @Cached({ tll: '5m' } as never)
        async find(): Promise<void> {}
      }
      return Users
    },
    'a wrong option of a class': () => {
      @CacheConfig({ ttl: '5 minutes' as never })
      class Users {}
      return Users
    },
  }
}
