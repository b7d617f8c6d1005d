import { CacheDeclarationError } from '../errors.js'
import type { CacheConfigOptions } from '../options/cache-config-options.js'
import type { ClassReference } from '../options/entry-reference.js'
import { validClassOptions } from '../options/validate-options.js'
import type { AnnotateThis, WrittenType } from './method-decorator.js'
import { refuseBare } from './refusal.js'

const CLASS_CONFIG: unique symbol = Symbol.for('cachewright/class-config') as typeof CLASS_CONFIG

/** The `@CacheConfig` that applies to a class. */
export interface ClassConfig {
  readonly options: CacheConfigOptions
  /**
   * True when the options come from a base class, because the class has no `@CacheConfig` of its
   * own.
   */
  readonly inherited: boolean
}

/** A class decorator, legacy or standard (TC39), for classes that are assignable to `Instance`. */
export type CacheConfigDecorator<Instance> = (
  target: { readonly prototype: Instance },
  context?: ClassDecoratorContext,
) => void

/**
 * Sets the namespace of a class and defaults for its entries. They override the cache's defaults
 * and are overridden by the options of a method. Callbacks get the arguments of the method that is
 * called.
 *
 * @throws CacheDeclarationError when it is not used on a class, or twice on the same class
 * @throws CacheConfigurationError for an unknown option or an invalid value
 */
export function CacheConfig<Instance = AnnotateThis>(
  options: CacheConfigOptions<Instance>,
): CacheConfigDecorator<NoInfer<WrittenType<Instance>>> {
  refuseBare('@CacheConfig', options)
  return (target: unknown, context?: unknown) => {
    if (typeof target !== 'function' || (context !== undefined && !isClassContext(context))) {
      throw new CacheDeclarationError(
        "@CacheConfig: expected a class. What to do: put a method's options into its @Cached",
      )
    }
    const label = target.name || '(anonymous class)'
    if (Object.hasOwn(target, CLASS_CONFIG)) {
      throw new CacheDeclarationError(
        `@CacheConfig on ${label}: it is used twice. What to do: merge both into one`,
      )
    }
    const value = validClassOptions(options, label)
    Object.defineProperty(target, CLASS_CONFIG, { value, configurable: true })
  }
}

/** Returns the `@CacheConfig` of a class, or else of its nearest base class that has one. */
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

/**
 * Whether the second argument is the context of a standard (TC39) class decorator. A legacy
 * decorator on a static method, for example, gets something else.
 */
function isClassContext(context: unknown): boolean {
  return typeof context === 'object' && context !== null && Reflect.get(context, 'kind') === 'class'
}
