import type { CachePutOptions } from '../options/cache-put-options.js'
import type { EntryReference } from '../options/entry-reference.js'
import { validPutOptions } from '../options/validate-options.js'
import { declare } from './declare.js'
import type {
  CheckEntry,
  CheckSameShape,
  KeySource,
  SameParameters,
  StoredBy,
} from './entry-types.js'
import type {
  Accepts,
  CheckArity,
  CheckInstance,
  Complaint,
  InstanceMethodContext,
  NotStatic,
  Parameter,
  ParametersOf,
  PromiseMethod,
  ResultOf,
} from './method-decorator.js'

/** The options of `@CachePut` when they are inferred: see `InferredCachedOptions`. */
export type InferredCachePutOptions<
  Entry extends EntryReference,
  Key extends Parameter,
  From extends Parameter,
  Condition extends Parameter,
  Unless extends Parameter,
  Scope extends Parameter,
  Result,
  Instance,
  Value,
> = Pick<CachePutOptions<Parameter, Result, Instance, Entry>, 'entry'> &
  Pick<CachePutOptions<Key, Result, Instance>, 'key'> &
  Pick<CachePutOptions<From, Result, Instance, Entry, Value>, 'value'> &
  Pick<CachePutOptions<Condition, Result, Instance>, 'condition'> &
  Pick<CachePutOptions<Unless, Result, Instance>, 'unless'> &
  Pick<CachePutOptions<Scope, Result, Instance>, 'scope'>

/**
 * Always runs the method, then stores its result (or what `value` makes of it) in the entry of
 * another method: what was written is what is read next, without a load between.
 *
 * Where the value cannot be stored safely, because the entry was evicted meanwhile, the key is
 * evicted instead.
 *
 * @throws CacheDeclarationError where it cannot stand, CacheConfigurationError for wrong options
 */
export function CachePut<
  Fn extends PromiseMethod = never,
  const Entry extends EntryReference = EntryReference,
  Key extends Parameter = ParametersOf<Fn>,
  From extends Parameter = ParametersOf<Fn>,
  Condition extends Parameter = ParametersOf<Fn>,
  Unless extends Parameter = ParametersOf<Fn>,
  Scope extends Parameter = ParametersOf<Fn>,
  Result = ResultOf<Fn>,
  Instance = unknown,
  Value = never,
>(
  options: InferredCachePutOptions<
    Entry,
    Key,
    From,
    Condition,
    Unless,
    Scope,
    Result,
    Instance,
    Value
  >,
): CachePutDecorator<
  NoInfer<[Key, From, Condition, Unless, Scope]>,
  NoInfer<Result>,
  NoInfer<Instance>,
  NoInfer<Entry>,
  NoInfer<[Key] extends [never] ? 'same arguments' : 'callback'>,
  NoInfer<Value>
> {
  return declare('@CachePut', ({ label }) => ({
    kind: 'put',
    options: validPutOptions(options, label),
  }))
}

/** A decorator whose method's result, or `Value`, fits what the entry holds. */
export interface CachePutDecorator<
  Lists extends readonly Parameter[],
  Result,
  Instance,
  Entry,
  Source extends KeySource,
  Value,
> {
  /** As a standard decorator (TC39). */
  <
    This,
    Actual extends Parameter & Accepts<Lists> & SameParameters<Source, Entry, This>,
    Fn extends (this: This, ...args: never) => PromiseLike<Result & Fitting<Value, Entry, This>>,
  >(
    value: Fn &
      ((this: This, ...args: Actual) => unknown) &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This>,
    context: InstanceMethodContext<This> &
      CheckInstance<This, Instance> &
      CheckEntry<Entry, This> &
      CheckValue<Value, Entry, This>,
  ): Fn
  /** As a legacy decorator. */
  <
    This extends object,
    Actual extends Parameter & Accepts<Lists> & SameParameters<Source, Entry, This>,
    Fn extends PromiseMethod<Result & Fitting<Value, Entry, This>>,
  >(
    target: This &
      NotStatic &
      CheckInstance<NoInfer<This>, Instance> &
      CheckEntry<Entry, NoInfer<This>> &
      CheckValue<Value, Entry, NoInfer<This>>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> & {
      value?: (...args: Actual) => unknown
    } & CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This>,
  ): TypedPropertyDescriptor<Fn> | void
}

/** What the method itself must return: something the entry can hold, unless `value` makes that. */
type Fitting<Value, Entry, This> = [Value] extends [never] ? StoredBy<Entry, This> : unknown

/** Nothing, or what is wrong with what `value` returns. */
type CheckValue<Value, Entry, This> = [Value] extends [StoredBy<Entry, This>]
  ? unknown
  : Complaint<"`value` returns something else than the entry's method does">
