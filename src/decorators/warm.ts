import { validWarmOptions } from '../options/validate-options.js'
import type { WarmOptions } from '../options/warm-options.js'
import { declare } from './declare.js'
import type {
  Annotate,
  CheckInstance,
  Complaint,
  InstanceMethodContext,
  NotStatic,
  Parameter,
  ParametersOf,
  PromiseMethod,
  Shape,
  WrittenType,
} from './method-decorator.js'

/**
 * Loads the entry of a `@Cached` method with the given arguments when the service starts, and
 * optionally again on a schedule. A `WarmupRunner` does the loading.
 *
 * @throws CacheDeclarationError when it is used where it cannot work
 * @throws CacheConfigurationError for an unknown option or an invalid value
 */
export function Warm<const Arguments extends Parameter, Instance = Annotate>(
  options: WarmOptions<Arguments, Instance>,
): WarmDecorator<Mutable<Arguments>, NoInfer<WrittenType<Instance>>> {
  return declare('@Warm', options, ({ label }) => ({
    kind: 'warm',
    options: validWarmOptions(options, label),
  }))
}

/** A decorator for methods that can be called with `Arguments`. */
export interface WarmDecorator<Arguments extends Parameter, Instance> {
  /** Used as a standard decorator (TC39). */
  <This, Fn extends (this: This, ...args: never) => PromiseLike<unknown>>(
    value: Fn &
      CheckArguments<NoInfer<Fn>, Arguments> &
      ((this: This, ...args: Arguments) => unknown),
    context: InstanceMethodContext<This> & CheckInstance<This, Instance>,
  ): Fn
  /** Used as a legacy decorator. */
  <This extends object, Fn extends PromiseMethod>(
    target: This & NotStatic & CheckInstance<NoInfer<This>, Instance>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> &
      CheckArguments<NoInfer<Fn>, Arguments> & { value?: (...args: Arguments) => unknown },
  ): TypedPropertyDescriptor<Fn> | void
}

/**
 * `unknown`, or a complaint about the number of arguments: an extra one would make a key that no
 * call has.
 */
type CheckArguments<Fn, Arguments extends Parameter> = number extends Arguments['length']
  ? unknown
  : Shape<Arguments> extends Shape<ParametersOf<Fn>>
    ? unknown
    : Complaint<'`arguments` does not have as many arguments as the method has parameters'>

/**
 * The list without `readonly`: literal tuples are inferred as readonly, but parameter lists are
 * not.
 */
type Mutable<List extends Parameter> = { -readonly [Index in keyof List]: List[Index] }
