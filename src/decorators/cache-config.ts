import { CacheDeclarationError } from '../errors.js'
import type { CacheConfigOptions } from '../options/cache-config-options.js'
import type { ClassReference } from '../options/entry-reference.js'
import { validClassOptions } from '../options/validate-options.js'
import type { AnnotateThis, WrittenType } from './method-decorator.js'
import { refuseBare } from './refusal.js'

const CLASS_CONFIG: unique symbol = Symbol.for('cachewright/class-config') as typeof CLASS_CONFIG

/** What `@CacheConfig` said for a class. */
export interface ClassConfig {
  readonly options: CacheConfigOptions
  /** True when a base class said it: the class itself has no `@CacheConfig`. */
  readonly inherited: boolean
}

/** A class decorator of either dialect, for classes that are an `Instance`. */
export type CacheConfigDecorator<Instance> = (
  target: { readonly prototype: Instance },
  context?: ClassDecoratorContext,
) => void

/**
 * Gives defaults to all entries of a class: they stand above the cache's defaults and below what a
 * method says itself. Callbacks get the arguments of whichever method is called.
 *
 * @throws CacheDeclarationError when it does not stand on a class, or stands there twice
 * @throws CacheConfigurationError for an option that does not exist or holds what it cannot hold
 */
export function CacheConfig<Instance = AnnotateThis>(
  options: CacheConfigOptions<Instance>,
): CacheConfigDecorator<NoInfer<WrittenType<Instance>>> {
  refuseBare('@CacheConfig', options)
  return (target: unknown, context?: unknown) => {
    if (typeof target !== 'function' || (context !== undefined && !isClassContext(context))) {
      throw new CacheDeclarationError(
        '@CacheConfig: expected a class. What to do: write the options of one method in @Cached',
      )
    }
    const label = target.name || '(anonymous class)'
    if (Object.hasOwn(target, CLASS_CONFIG)) {
      throw new CacheDeclarationError(
        `@CacheConfig on ${label}: it stands there twice. What to do: write one, with all options`,
      )
    }
    const value = validClassOptions(options, label)
    Object.defineProperty(target, CLASS_CONFIG, { value, configurable: true })
  }
}

/** The nearest `@CacheConfig` of a class: its own, or that of a base class. */
export function classConfigOf(constructor: ClassReference): ClassConfig | undefined {
  let current: object | null = constructor
  while (current !== null) {
    if (Object.hasOwn(current, CLASS_CONFIG)) {
      const { [CLASS_CONFIG]: options } = current as { [CLASS_CONFIG]: CacheConfigOptions }
      return { options, inherited: current !== constructor }
    }
    current = Object.getPrototypeOf(current) as object | null
  }
  return undefined
}

/** Tells the class decorator of TC39 from a legacy decorator on a static method, and from others. */
function isClassContext(context: unknown): boolean {
  return typeof context === 'object' && context !== null && Reflect.get(context, 'kind') === 'class'
}
