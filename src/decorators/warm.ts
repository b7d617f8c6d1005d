import { validWarmOptions } from '../options/validate-options.js'
import type { WarmOptions } from '../options/warm-options.js'
import { declare } from './declare.js'
import type {
  Annotate,
  CheckInstance,
  InstanceMethodContext,
  NotStatic,
  Parameter,
  PromiseMethod,
  WrittenType,
} from './method-decorator.js'

/**
 * Says with which arguments the entry of a `@Cached` method is loaded when the service starts, and
 * how often again.
 *
 * @throws CacheDeclarationError where it cannot stand, CacheConfigurationError for wrong options
 */
export function Warm<const Arguments extends Parameter, Instance = Annotate>(
  options: WarmOptions<Arguments, Instance>,
): WarmDecorator<Mutable<Arguments>, NoInfer<WrittenType<Instance>>> {
  return declare('@Warm', ({ label }) => ({
    kind: 'warm',
    options: validWarmOptions(options, label),
  }))
}

/** A decorator for methods that can be called with the arguments. */
export interface WarmDecorator<Arguments extends Parameter, Instance> {
  /** As a standard decorator (TC39). */
  <This, Fn extends (this: This, ...args: never) => PromiseLike<unknown>>(
    value: Fn & ((this: This, ...args: Arguments) => unknown),
    context: InstanceMethodContext<This> & CheckInstance<This, Instance>,
  ): Fn
  /** As a legacy decorator. */
  <This extends object, Fn extends PromiseMethod>(
    target: This & NotStatic & CheckInstance<NoInfer<This>, Instance>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> & { value?: (...args: Arguments) => unknown },
  ): TypedPropertyDescriptor<Fn> | void
}

/** Literal tuples are inferred as readonly ones, and parameter lists never are. */
type Mutable<List extends Parameter> = { -readonly [Index in keyof List]: List[Index] }
