import { CacheDeclarationError } from '../errors.js'
import type { EntryOptions } from '../options/entry-options.js'
import type { ClassReference } from '../options/entry-reference.js'

const CLASS_CONFIG: unique symbol = Symbol.for('cachewright/class-config') as typeof CLASS_CONFIG

/** What `@CacheConfig` said for a class. */
export interface ClassConfig {
  readonly options: EntryOptions
  /** True when a base class said it: the class itself has no `@CacheConfig`. */
  readonly inherited: boolean
}

/**
 * Gives defaults to all entries of a class: they stand above the cache's defaults and below what a
 * method says itself.
 *
 * @throws CacheDeclarationError when it does not stand on a class, or stands there twice
 */
export function CacheConfig(options: EntryOptions): ClassDecoratorFunction {
  return (target: unknown, second?: unknown) => {
    if (typeof target !== 'function' || typeof second === 'string') {
      throw new CacheDeclarationError(
        '@CacheConfig: expected a class. What to do: give options for one method in @Cached',
      )
    }
    if (Object.hasOwn(target, CLASS_CONFIG)) {
      throw new CacheDeclarationError(
        `@CacheConfig on ${target.name}: it stands there twice. What to do: write one, with all options`,
      )
    }
    const value = Object.freeze({ ...options })
    Object.defineProperty(target, CLASS_CONFIG, { value, configurable: true })
  }
}

/** A class decorator of either dialect. */
type ClassDecoratorFunction = (target: ClassReference, context?: unknown) => void

/** The nearest `@CacheConfig` of a class: its own, or that of a base class. */
export function classConfigOf(constructor: ClassReference): ClassConfig | undefined {
  let current: object | null = constructor
  while (current !== null) {
    if (Object.hasOwn(current, CLASS_CONFIG)) {
      const { [CLASS_CONFIG]: options } = current as { [CLASS_CONFIG]: EntryOptions }
      return { options, inherited: current !== constructor }
    }
    current = Object.getPrototypeOf(current) as object | null
  }
  return undefined
}
