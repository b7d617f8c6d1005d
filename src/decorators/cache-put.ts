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

/** The options of `@CachePut` with inferred types: see `InferredCachedOptions`. */
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
 * Always runs the method, then stores its result (or what `value` returns) in the entry of another
 * method, so that the next read finds what was written without loading it.
 *
 * If the key was evicted in the meantime, the value may be outdated; the key is then evicted again
 * instead.
 *
 * @throws CacheDeclarationError when it is used where it cannot work
 * @throws CacheConfigurationError for an unknown option or an invalid value
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

/** A decorator whose method's result, or else `Value`, must fit the entry. */
export interface CachePutDecorator<
  Lists extends readonly Parameter[],
  Result,
  Instance,
  Entry,
  Source extends KeySource,
  Value,
  KeyParts extends Parameter,
> {
  /** Used as a standard decorator (TC39). */
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
  /** Used as a legacy decorator. */
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

/** What the method must return: something that the entry can hold, unless `value` returns that. */
type Fitting<Value, Entry, This> = [Value] extends [never] ? StoredBy<Entry, This> : unknown

/** `unknown`, or a complaint when `value` returns something that the entry cannot hold. */
type CheckValue<Value, Entry, This> = [Value] extends [StoredBy<Entry, This>]
  ? unknown
  : Complaint<"`value` does not return what the entry's method returns">
