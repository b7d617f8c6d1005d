import type { Newable } from 'inversify'

import { CacheConfig } from '../../../src/decorators/cache-config.js'
import { Cached } from '../../../src/decorators/cached.js'
import { Warm } from '../../../src/decorators/warm.js'
import type { Inversify } from './hosts.js'

/** A service with a cached method. */
export interface Counted {
  /** The keys that the method was run for. */
  readonly calls: string[]
  load(key: string): Promise<string>
  /** Calls the method from inside of the class. */
  loadByThis(key: string): Promise<string>
}

export interface Prepared extends Counted {
  readonly loadedEarly: Promise<string>
}

export interface Dependent {
  readonly counted: Counted
}

export interface Plain {
  readonly calls: string[]
  load(key: string): Promise<string>
}

export interface Services {
  readonly Counted: Newable<Counted>
  /** Inherits the cached method. */
  readonly Heir: Newable<Counted>
  /** Overrides the cached method and calls `super`. */
  readonly Overriding: Newable<Counted>
  /** Inherits it without a namespace of its own, which is refused. */
  readonly Usurper: Newable<Counted>
  /** Calls the cached method in its post-construct method. */
  readonly Prepared: Newable<Prepared>
  readonly ByConstructor: Newable<Dependent>
  readonly ByProperty: Newable<Dependent>
  /** Has no decorated method. */
  readonly Plain: Newable<Plain>
  readonly Warmed: Newable<Counted>
  readonly WarmedToo: Newable<Counted>
}

/** Classes of their own for each test, decorated for the Inversify that it runs on. */
export function defineServices(inversify: Inversify): Services {
  const { inject, injectable } = inversify
  const services = { ...defineCounted(inversify), ...defineWarmed(inversify) }
  const { Counted } = services

  @injectable()
  class ByConstructor implements Dependent {
    constructor(@inject(Counted) readonly counted: Counted) {}
  }

  @injectable()
  class ByProperty implements Dependent {
    @inject(Counted)
    readonly counted!: Counted
  }

  @injectable()
  class Plain {
    readonly calls: string[] = []

    load(key: string): Promise<string> {
      this.calls.push(key)
      return Promise.resolve(key)
    }
  }

  return { ...services, ByConstructor, ByProperty, Plain }
}

function defineCounted({ injectable, postConstruct }: Inversify) {
  @injectable()
  class Counted {
    readonly #greeting = 'loaded'
    readonly calls: string[] = []

    @Cached()
    async load(key: string): Promise<string> {
      this.calls.push(key)
      return `${this.#greeting} ${key}`
    }

    loadByThis(key: string): Promise<string> {
      return this.load(key)
    }
  }

  @injectable()
  @CacheConfig({ namespace: 'heir' })
  class Heir extends Counted {}

  @injectable()
  @CacheConfig({ namespace: 'overriding' })
  class Overriding extends Counted {
    override async load(key: string): Promise<string> {
      return `${await super.load(key)} again`
    }
  }

  @injectable()
  @CacheConfig({ namespace: 'prepared' })
  class Prepared extends Counted {
    loadedEarly = Promise.resolve('not yet')

    @postConstruct()
    prepare(): void {
      this.loadedEarly = this.load('early')
    }
  }

  return { Counted, Heir, Overriding, Prepared, Usurper: defineUsurper() }
}

function defineUsurper() {
  @CacheConfig({ namespace: 'owner' })
  class Owner {
    readonly calls: string[] = []

    @Cached()
    load(key: string): Promise<string> {
      this.calls.push(key)
      return Promise.resolve(key)
    }

    loadByThis(key: string): Promise<string> {
      return this.load(key)
    }
  }

  return class Usurper extends Owner {}
}

function defineWarmed({ injectable }: Inversify) {
  @injectable()
  class Warmed {
    readonly calls: string[] = []

    @Warm({ arguments: [['a']] })
    @Cached()
    load(key: string): Promise<string> {
      this.calls.push(key)
      return Promise.resolve(key)
    }

    loadByThis(key: string): Promise<string> {
      return this.load(key)
    }
  }

  @injectable()
  @CacheConfig({ namespace: 'warmed-too' })
  class WarmedToo extends Warmed {}

  return { Warmed, WarmedToo }
}
