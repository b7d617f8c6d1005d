import type { CachedManyOptions, ItemsShape } from '../options/cached-many-options.js'
import type { EntryReference } from '../options/entry-reference.js'
import { validManyOptions } from '../options/validate-options.js'
import { declare } from './declare.js'
import type { CheckEntry, StoredBy, TakenBy } from './entry-types.js'
import type {
  Accepts,
  CheckArity,
  CheckInstance,
  InstanceMethodContext,
  NotStatic,
  Parameter,
  ParametersOf,
  PromiseMethod,
} from './method-decorator.js'

/** The options of `@CachedMany` when they are inferred: see `InferredCachedOptions`. */
export type InferredCachedManyOptions<
  Entry extends EntryReference,
  Ids extends number,
  Id,
  Others extends Parameter,
  Item,
  Condition extends Parameter,
  Scope extends Parameter,
  Instance,
  Returns extends ItemsShape,
> = Pick<CachedManyOptions<Parameter, Item, Instance, Entry>, 'entry' | 'idOf'> &
  Pick<CachedManyOptions<Parameter, Item, Instance, Entry, Id, Others>, 'keyOf'> &
  Pick<CachedManyOptions<Condition, Item, Instance>, 'condition'> &
  Pick<CachedManyOptions<Scope, Item, Instance>, 'scope'> & {
    [Name in keyof Pick<CachedManyOptions, 'ids'>]: Ids
  } & { [Name in keyof Pick<CachedManyOptions, 'returns'>]: Returns }

/**
 * Caches the items of a method that takes a list of ids, one by one, in the entry of the
 * single-item method: what one has loaded, the other finds. Only the ids that are missing reach
 * the method, in one call.
 *
 * The method returns a list in the order of the ids, a list of items that name their ids
 * (`idOf`), a Map from ids (`returns: 'map'`), or an object whose property names are the ids
 * (`returns: 'record'`).
 *
 * @throws CacheDeclarationError where it cannot stand, CacheConfigurationError for wrong options
 */
export function CachedMany<
  Fn extends PromiseMethod = never,
  const Entry extends EntryReference = EntryReference,
  Ids extends number = 0,
  Id = never,
  Others extends Parameter = never,
  Item = unknown,
  Condition extends Parameter = ParametersOf<Fn>,
  Scope extends Parameter = ParametersOf<Fn>,
  Instance = unknown,
  Returns extends ItemsShape = 'list',
>(
  options: InferredCachedManyOptions<
    Entry,
    Ids,
    Id,
    Others,
    Item,
    Condition,
    Scope,
    Instance,
    Returns
  >,
): CachedManyDecorator<
  NoInfer<[Condition, Scope]>,
  NoInfer<Instance>,
  NoInfer<Entry>,
  NoInfer<Ids>,
  NoInfer<Id>,
  NoInfer<Item>,
  NoInfer<Returns>
> {
  return declare('@CachedMany', ({ label }) => ({
    kind: 'cached-many',
    options: validManyOptions(options, label),
  }))
}

/** What a method for many ids may return, when the method for one returns `Item`. */
type ManyItems<Returns extends ItemsShape, Item> = {
  readonly list: readonly (Item | null | undefined)[]
  readonly map: ReadonlyMap<unknown, Item | null | undefined>
  readonly record: { readonly [id: string]: Item | null | undefined }
}[Returns]

/** A decorator whose method takes a list of ids that the entry's method takes one by one. */
export interface CachedManyDecorator<
  Lists extends readonly Parameter[],
  Instance,
  Entry,
  Ids extends number,
  Id,
  Item,
  Returns extends ItemsShape,
> {
  /** As a standard decorator (TC39). */
  <
    This,
    Actual extends Parameter & Accepts<Lists> & HasIds<Ids, Id, Entry, This>,
    Fn extends (
      this: This,
      ...args: never
    ) => PromiseLike<ManyItems<Returns, Item & StoredBy<Entry, This>>>,
  >(
    value: Fn & ((this: This, ...args: Actual) => unknown) & CheckArity<NoInfer<Fn>, Lists>,
    context: InstanceMethodContext<This> & CheckInstance<This, Instance> & CheckEntry<Entry, This>,
  ): Fn
  /** As a legacy decorator. */
  <
    This extends object,
    Actual extends Parameter & Accepts<Lists> & HasIds<Ids, Id, Entry, This>,
    Fn extends PromiseMethod<ManyItems<Returns, Item & StoredBy<Entry, This>>>,
  >(
    target: This &
      NotStatic &
      CheckInstance<NoInfer<This>, Instance> &
      CheckEntry<Entry, NoInfer<This>>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> & {
      value?: (...args: Actual) => unknown
    } & CheckArity<NoInfer<Fn>, Lists>,
  ): TypedPropertyDescriptor<Fn> | void
}

/** A parameter list whose argument `Ids` is a list of what `keyOf`, or else the entry's method, takes. */
type HasIds<Ids extends number, Id, Entry, This> = 0 extends Ids
  ? [IdList<Id, Entry, This>, ...unknown[]]
  : { readonly [Index in `${Ids}`]: IdList<Id, Entry, This> }

type IdList<Id, Entry, This> = readonly ([Id] extends [never] ? FirstTaken<Entry, This> : Id)[]

type FirstTaken<Entry, This> =
  TakenBy<Entry, This> extends readonly [first?: infer First, ...others: unknown[]]
    ? First
    : unknown
