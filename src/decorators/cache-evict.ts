import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { Key } from '../options/entry-options.js'
import type { EntryReference } from '../options/entry-reference.js'
import { validEvictOptions } from '../options/validate-options.js'
import { declare } from './declare.js'
import type {
  CheckEntry,
  CheckKey,
  CheckSameShape,
  Given,
  KeyList,
  KeyOrTuple,
  KeySource,
  SameParameters,
} from './entry-types.js'
import type {
  Accepts,
  AllWritten,
  Annotate,
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
  ParametersOf,
  PromiseMethod,
  Written,
  WrittenType,
} from './method-decorator.js'

/** The values that `tags` accepts. */
export type EvictedTags = readonly string[] | ((this: never, ...args: never) => readonly string[])

/**
 * The options of `@CacheEvict` with inferred types: see `InferredCachedOptions`. `Tags` and `All`
 * are `never` when they are not given.
 */
export type InferredCacheEvictOptions<
  Entry extends EntryReference,
  One extends Parameter,
  Many extends Parameter,
  Tags extends EvictedTags,
  All extends true,
  Condition extends Parameter,
  Scope extends Parameter,
  Instance,
  Returned extends Key,
> = Pick<CacheEvictOptions<Parameter, Instance, Entry>, 'entry'> &
  Pick<CacheEvictOptions<One, Instance, Entry, Returned>, 'key'> &
  Pick<CacheEvictOptions<Many, Instance, Entry, Returned>, 'keys'> &
  Pick<CacheEvictOptions, 'beforeInvocation'> &
  Pick<CacheEvictOptions<Condition, Instance>, 'condition'> &
  Pick<CacheEvictOptions<Scope, Instance>, 'scope'> & {
    [Name in keyof Pick<CacheEvictOptions, 'tags'>]: Tags
  } & { [Name in keyof Pick<CacheEvictOptions, 'all'>]: All }

/**
 * Evicts cached results that the method has made outdated. The eviction happens after the method
 * has succeeded and before its promise resolves, so a caller that awaits it reads nothing older.
 *
 * @throws CacheDeclarationError when it is used where it cannot work
 * @throws CacheConfigurationError for an unknown option or an invalid value
 */
export function CacheEvict<
  Fn extends PromiseMethod = never,
  const Entry extends EntryReference = string,
  One extends Parameter = OfferedBy<Fn>,
  Many extends Parameter = OfferedBy<Fn>,
  Tags extends EvictedTags = TagsOf<Fn>,
  All extends true = [Fn] extends [never] ? never : true,
  Condition extends Parameter = OfferedBy<Fn>,
  Scope extends Parameter = OfferedBy<Fn>,
  Instance = AnnotateThis,
  Returned extends KeyOrTuple = Key,
>(
  options?: InferredCacheEvictOptions<
    Entry,
    One,
    Many,
    Tags,
    All,
    Condition,
    Scope,
    Instance,
    Returned
  > &
    CheckOneTarget<Fn, TargetsOf<One, Many, Tags, All>>,
): CacheEvictDecorator<
  NoInfer<AllWritten<[One, Many, ParametersIn<WrittenTags<Tags>>, Condition, Scope]>>,
  NoInfer<WrittenType<Instance> & InstanceIn<WrittenTags<Tags>>>,
  NoInfer<Entry>,
  NoInfer<Given<TargetsOf<One, Many, Tags, All>> extends true ? 'callback' : 'same arguments'>,
  KeyList<Returned>
> {
  return declare('@CacheEvict', options, ({ label }) => ({
    kind: 'evict',
    options: validEvictOptions(options ?? {}, label),
  }))
}

/** The options that say what to evict. At most one of them is not `never`. */
type TargetsOf<One extends Parameter, Many extends Parameter, Tags, All> = [
  Written<One>,
  Written<Many>,
  WrittenTags<Tags>,
  All,
]

/** The contextual type of `tags` when no method type is given: see `Annotate`. */
type OfferedTags = (
  this: never,
  first: Annotate,
  ...others: readonly Annotate[]
) => readonly string[]

/** The inferred type of `tags`; `never` when it is still the contextual type. */
type WrittenTags<Tags> = [Tags, OfferedTags] extends [OfferedTags, Tags] ? never : Tags

type TagsOf<Fn extends PromiseMethod> = [Fn] extends [never]
  ? OfferedTags
  : NonNullable<CacheEvictOptions<ParametersOf<Fn>>['tags']>

type ParametersIn<Tags> = ParametersOf<Exclude<Tags, readonly string[]>>

type InstanceIn<Tags> =
  Exclude<Tags, readonly string[]> extends (this: infer Instance, ...args: never) => unknown
    ? [Instance] extends [never]
      ? unknown
      : Instance
    : unknown

/**
 * `unknown`, or a complaint when several targets are given. With an explicit method type only the
 * run time can tell.
 */
type CheckOneTarget<Fn, Targets extends readonly unknown[]> = [Fn] extends [never]
  ? Targets extends readonly [infer First, ...infer Others]
    ? [First] extends [never]
      ? CheckOneTarget<Fn, Others>
      : Given<Others> extends true
        ? Complaint<'only one of key, keys, tags and all may be given: use a decorator for each'>
        : unknown
    : unknown
  : unknown

/**
 * A decorator whose method must have parameters that make the entry's key, unless a callback does.
 */
export interface CacheEvictDecorator<
  Lists extends readonly Parameter[],
  Instance,
  Entry,
  Source extends KeySource,
  KeyParts extends Parameter,
> {
  /** Used as a standard decorator (TC39). */
  <
    This,
    Actual extends ListOf<Accepts<Lists> & SameParameters<Source, Entry, This>>,
    Fn extends (this: This, ...args: never) => PromiseLike<unknown>,
  >(
    value: Fn &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This> &
      ((this: This, ...args: Actual) => unknown),
    context: InstanceMethodContext<This> &
      CheckInstance<This, Instance> &
      CheckEntry<Entry, This> &
      OfClass<CheckKey<KeyParts, Entry, This>>,
  ): Fn
  /** Used as a legacy decorator. */
  <
    This extends object,
    Actual extends ListOf<Accepts<Lists> & SameParameters<Source, Entry, This>>,
    Fn extends PromiseMethod,
  >(
    target: This &
      NotStatic &
      CheckInstance<NoInfer<This>, Instance> &
      CheckEntry<Entry, NoInfer<This>> &
      CheckKey<KeyParts, Entry, NoInfer<This>>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This> & { value?: (...args: Actual) => unknown },
  ): TypedPropertyDescriptor<Fn> | void
}
