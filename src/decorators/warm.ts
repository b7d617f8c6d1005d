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
 * Says with which arguments the entry of a `@Cached` method is loaded when the service starts, and
 * how often again.
 *
 * @throws CacheDeclarationError where it cannot stand, CacheConfigurationError for wrong options
 */
export function Warm<const Arguments extends Parameter, Instance = Annotate>(
  options: WarmOptions<Arguments, Instance>,
): WarmDecorator<Mutable<Arguments>, NoInfer<WrittenType<Instance>>> {
  return declare('@Warm', options, ({ label }) => ({
    kind: 'warm',
    options: validWarmOptions(options, label),
  }))
}

/** A decorator for methods that can be called with the arguments. */
export interface WarmDecorator<Arguments extends Parameter, Instance> {
  /** As a standard decorator (TC39). */
  <This, Fn extends (this: This, ...args: never) => PromiseLike<unknown>>(
    value: Fn &
      CheckArguments<NoInfer<Fn>, Arguments> &
      ((this: This, ...args: Arguments) => unknown),
    context: InstanceMethodContext<This> & CheckInstance<This, Instance>,
  ): Fn
  /** As a legacy decorator. */
  <This extends object, Fn extends PromiseMethod>(
    target: This & NotStatic & CheckInstance<NoInfer<This>, Instance>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> &
      CheckArguments<NoInfer<Fn>, Arguments> & { value?: (...args: Arguments) => unknown },
  ): TypedPropertyDescriptor<Fn> | void
}

/** Nothing, or what is wrong: an argument too many makes a key that no call has. */
type CheckArguments<Fn, Arguments extends Parameter> = number extends Arguments['length']
  ? unknown
  : Shape<Arguments> extends Shape<ParametersOf<Fn>>
    ? unknown
    : Complaint<'`arguments` has another number of arguments than the method has parameters'>

/** Literal tuples are inferred as readonly ones, and parameter lists never are. */
type Mutable<List extends Parameter> = { -readonly [Index in keyof List]: List[Index] }
