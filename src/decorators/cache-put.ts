import type { CachePutOptions } from '../options/cache-put-options.js'
import type { Key } from '../options/entry-options.js'
import type { EntryReference } from '../options/entry-reference.js'
import { validPutOptions } from '../options/validate-options.js'
import { declare } from './declare.js'
import type {
  CheckEntry,
  CheckKey,
  CheckSameShape,
  KeyList,
  KeyOrTuple,
  KeySource,
  SameParameters,
  StoredBy,
} from './entry-types.js'
import type {
  Accepts,
  AllWritten,
  AnnotateThis,
  CheckArity,
  CheckInstance,
  Complaint,
  InstanceMethodContext,
  ListOf,
  NotStatic,
  OfClass,
  OfferedBy,
  Parameter,
  PromiseMethod,
  ResultOfferedBy,
  Written,
  WrittenType,
} from './method-decorator.js'

/** The options of `@CachePut` when they are inferred: see `InferredCachedOptions`. */
export type InferredCachePutOptions<
  Entry extends EntryReference,
  KeyFrom extends Parameter,
  From extends Parameter,
  Condition extends Parameter,
  Unless extends Parameter,
  Scope extends Parameter,
  Result,
  Instance,
  Value,
  Returned extends Key,
> = Pick<CachePutOptions<Parameter, Result, Instance, Entry>, 'entry'> &
  Pick<CachePutOptions<KeyFrom, Result, Instance, Entry, Value, Returned>, 'key'> &
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
  KeyFrom extends Parameter = OfferedBy<Fn>,
  From extends Parameter = OfferedBy<Fn>,
  Condition extends Parameter = OfferedBy<Fn>,
  Unless extends Parameter = OfferedBy<Fn>,
  Scope extends Parameter = OfferedBy<Fn>,
  Result = ResultOfferedBy<Fn>,
  Instance = AnnotateThis,
  Value = never,
  Returned extends KeyOrTuple = Key,
>(
  options: InferredCachePutOptions<
    Entry,
    KeyFrom,
    From,
    Condition,
    Unless,
    Scope,
    Result,
    Instance,
    Value,
    Returned
  >,
): CachePutDecorator<
  NoInfer<AllWritten<[KeyFrom, From, Condition, Unless, Scope]>>,
  NoInfer<WrittenType<Result>>,
  NoInfer<WrittenType<Instance>>,
  NoInfer<Entry>,
  NoInfer<[Written<KeyFrom>] extends [never] ? 'same arguments' : 'callback'>,
  NoInfer<Value>,
  KeyList<Returned>
> {
  return declare('@CachePut', options, ({ label }) => ({
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
  KeyParts extends Parameter,
> {
  /** As a standard decorator (TC39). */
  <
    This,
    Actual extends ListOf<Accepts<Lists> & SameParameters<Source, Entry, This>>,
    Fn extends (this: This, ...args: never) => PromiseLike<Result & Fitting<Value, Entry, This>>,
  >(
    value: Fn &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This> &
      ((this: This, ...args: Actual) => unknown),
    context: InstanceMethodContext<This> &
      CheckInstance<This, Instance> &
      CheckEntry<Entry, This> &
      CheckValue<Value, Entry, This> &
      OfClass<CheckKey<KeyParts, Entry, This>>,
  ): Fn
  /** As a legacy decorator. */
  <
    This extends object,
    Actual extends ListOf<Accepts<Lists> & SameParameters<Source, Entry, This>>,
    Fn extends PromiseMethod<Result & Fitting<Value, Entry, This>>,
  >(
    target: This &
      NotStatic &
      CheckInstance<NoInfer<This>, Instance> &
      CheckEntry<Entry, NoInfer<This>> &
      CheckValue<Value, Entry, NoInfer<This>> &
      CheckKey<KeyParts, Entry, NoInfer<This>>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This> & { value?: (...args: Actual) => unknown },
  ): TypedPropertyDescriptor<Fn> | void
}

/** What the method itself must return: something the entry can hold, unless `value` makes that. */
type Fitting<Value, Entry, This> = [Value] extends [never] ? StoredBy<Entry, This> : unknown

/** Nothing, or what is wrong with what `value` returns. */
type CheckValue<Value, Entry, This> = [Value] extends [StoredBy<Entry, This>]
  ? unknown
  : Complaint<"`value` returns something else than the entry's method does">
