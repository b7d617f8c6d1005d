import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { EntryReference } from '../options/entry-reference.js'
import { validEvictOptions } from '../options/validate-options.js'
import { declare } from './declare.js'
import type { CheckEntry, CheckSameShape, Given, KeySource, SameParameters } from './entry-types.js'
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
} from './method-decorator.js'

/** What `tags` may be. */
export type EvictedTags = readonly string[] | ((this: never, ...args: never) => readonly string[])

/**
 * The options of `@CacheEvict` when they are inferred: see `InferredCachedOptions`. `Tags` and
 * `All` are `never` when they were not given.
 */
export type InferredCacheEvictOptions<
  Entry extends EntryReference,
  Key extends Parameter,
  Keys extends Parameter,
  Tags extends EvictedTags,
  All extends true,
  Condition extends Parameter,
  Scope extends Parameter,
  Instance,
> = Pick<CacheEvictOptions<Parameter, Instance, Entry>, 'entry'> &
  Pick<CacheEvictOptions<Key, Instance>, 'key'> &
  Pick<CacheEvictOptions<Keys, Instance>, 'keys'> &
  Pick<CacheEvictOptions, 'beforeInvocation'> &
  Pick<CacheEvictOptions<Condition, Instance>, 'condition'> &
  Pick<CacheEvictOptions<Scope, Instance>, 'scope'> & {
    [Name in keyof Pick<CacheEvictOptions, 'tags'>]: Tags
  } & { [Name in keyof Pick<CacheEvictOptions, 'all'>]: All }

/**
 * Evicts what the method has made old: after the method succeeded and before its promise resolves,
 * so that whoever awaits it reads nothing older.
 *
 * @throws CacheDeclarationError where it cannot stand, CacheConfigurationError for wrong options
 */
export function CacheEvict<
  Fn extends PromiseMethod = never,
  const Entry extends EntryReference = string,
  Key extends Parameter = ParametersOf<Fn>,
  Keys extends Parameter = ParametersOf<Fn>,
  Tags extends EvictedTags = TagsOf<Fn>,
  All extends true = [Fn] extends [never] ? never : true,
  Condition extends Parameter = ParametersOf<Fn>,
  Scope extends Parameter = ParametersOf<Fn>,
  Instance = unknown,
>(
  options?: InferredCacheEvictOptions<Entry, Key, Keys, Tags, All, Condition, Scope, Instance> &
    CheckOneTarget<Fn, [Key, Keys, Tags, All]>,
): CacheEvictDecorator<
  NoInfer<[Key, Keys, ParametersIn<Tags>, Condition, Scope]>,
  NoInfer<Instance & InstanceIn<Tags>>,
  NoInfer<Entry>,
  NoInfer<Given<[Key, Keys, Tags, All]> extends true ? 'callback' : 'same arguments'>
> {
  return declare('@CacheEvict', ({ label }) => ({
    kind: 'evict',
    options: validEvictOptions(options ?? {}, label),
  }))
}

type TagsOf<Fn extends PromiseMethod> = [Fn] extends [never]
  ? never
  : NonNullable<CacheEvictOptions<ParametersOf<Fn>>['tags']>

type ParametersIn<Tags> = ParametersOf<Exclude<Tags, readonly string[]>>

type InstanceIn<Tags> =
  Exclude<Tags, readonly string[]> extends (this: infer Instance, ...args: never) => unknown
    ? Instance
    : unknown

/** Nothing, or what is wrong. Where the method is named explicitly, only the run time can tell. */
type CheckOneTarget<Fn, Targets extends readonly unknown[]> = [Fn] extends [never]
  ? Targets extends readonly [infer First, ...infer Others]
    ? [First] extends [never]
      ? CheckOneTarget<Fn, Others>
      : Given<Others> extends true
        ? Complaint<'one of key, keys, tags and all says what goes: use a decorator for each'>
        : unknown
    : unknown
  : unknown

/** A decorator whose method's parameters make the key of the entry, where no callback does. */
export interface CacheEvictDecorator<
  Lists extends readonly Parameter[],
  Instance,
  Entry,
  Source extends KeySource,
> {
  /** As a standard decorator (TC39). */
  <
    This,
    Actual extends Parameter & Accepts<Lists> & SameParameters<Source, Entry, This>,
    Fn extends (this: This, ...args: never) => PromiseLike<unknown>,
  >(
    value: Fn &
      ((this: This, ...args: Actual) => unknown) &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This>,
    context: InstanceMethodContext<This> & CheckInstance<This, Instance> & CheckEntry<Entry, This>,
  ): Fn
  /** As a legacy decorator. */
  <
    This extends object,
    Actual extends Parameter & Accepts<Lists> & SameParameters<Source, Entry, This>,
    Fn extends PromiseMethod,
  >(
    target: This &
      NotStatic &
      CheckInstance<NoInfer<This>, Instance> &
      CheckEntry<Entry, NoInfer<This>>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> & {
      value?: (...args: Actual) => unknown
    } & CheckArity<NoInfer<Fn>, Lists> &
      CheckSameShape<NoInfer<Fn>, Source, Entry, This>,
  ): TypedPropertyDescriptor<Fn> | void
}
