import type { CachedManyOptions, ItemsShape, MissingItems } from '../options/cached-many-options.js'
import type { Key } from '../options/entry-options.js'
import type { EntryReference } from '../options/entry-reference.js'
import { validManyOptions } from '../options/validate-options.js'
import { declare } from './declare.js'
import type {
  CheckEntry,
  CheckKey,
  CheckMissing,
  CheckSameShape,
  KeyList,
  KeyOrTuple,
  StoredBy,
  TakenBy,
} from './entry-types.js'
import type {
  Accepts,
  AllWritten,
  Annotate,
  AnnotateThis,
  CheckArity,
  CheckInstance,
  InstanceMethodContext,
  ListOf,
  Longer,
  NotStatic,
  OfClass,
  OfferedBy,
  Parameter,
  PromiseMethod,
  Written,
  WrittenType,
} from './method-decorator.js'

/**
 * The options of `@CachedMany` with inferred types: see `InferredCachedOptions`. `Items` lists the
 * types of `returns`, of the result of `idOf`, of the result of `keyOf`, and of `missing`.
 */
export type InferredCachedManyOptions<
  Entry extends EntryReference,
  Ids extends number,
  Of extends Parameter,
  Item,
  Condition extends Parameter,
  Scope extends Parameter,
  Instance,
  Items extends readonly [ItemsShape, unknown, Key, MissingItems],
> = Pick<CachedManyOptions<Parameter, Item, Instance, Entry>, 'entry'> & {
  [Name in keyof Pick<CachedManyOptions, 'keyOf'>]: (this: Instance, ...args: Of) => Items[2]
} & {
  [Name in keyof Pick<CachedManyOptions, 'idOf'>]: (this: void, item: Item) => Items[1]
} & Pick<CachedManyOptions<Condition, Item, Instance>, 'condition'> &
  Pick<CachedManyOptions<Scope, Item, Instance>, 'scope'> & {
    [Name in keyof Pick<CachedManyOptions, 'ids'>]: Ids
  } & { [Name in keyof Pick<CachedManyOptions, 'returns'>]: Items[0] } & {
    [Name in keyof Pick<CachedManyOptions, 'missing'>]: Items[3]
  }

/**
 * Caches the items of a method that takes a list of ids, each in the entry of the single-item
 * method, so that both methods find what the other has loaded. The method is called once, with the
 * ids that are not cached.
 *
 * The method returns a list in the order of the ids, a list of items whose ids `idOf` returns, a
 * Map by id (`returns: 'map'`), or an object with ids as property names (`returns: 'record'`).
 *
 * @throws CacheDeclarationError when it is used where it cannot work
 * @throws CacheConfigurationError for an unknown option or an invalid value
 */
export function CachedMany<
  Fn extends PromiseMethod = never,
  const Entry extends EntryReference = EntryReference,
  Ids extends number = 0,
  Of extends Parameter = readonly Annotate[],
  Item = Annotate,
  Condition extends Parameter = OfferedBy<Fn>,
  Scope extends Parameter = OfferedBy<Fn>,
  Instance = AnnotateThis,
  Returns extends ItemsShape = 'list',
  ItemId = unknown,
  Returned extends KeyOrTuple = Key,
  Missing extends MissingItems = 'undefined',
>(
  options: InferredCachedManyOptions<
    Entry,
    Ids,
    Of,
    Item,
    Condition,
    Scope,
    Instance,
    [Returns, ItemId, Returned, Missing]
  >,
): CachedManyDecorator<
  NoInfer<AllWritten<[Condition, Scope]>>,
  NoInfer<WrittenType<Instance>>,
  NoInfer<Entry>,
  NoInfer<Ids>,
  NoInfer<Written<Of>>,
  NoInfer<WrittenType<Item>>,
  NoInfer<Returns>,
  NoInfer<ItemId>,
  KeyList<Returned>,
  NoInfer<Missing>
> {
  return declare('@CachedMany', options, ({ label }) => {
    return { kind: 'cached-many', options: validManyOptions(options, label) }
  })
}

/** What a method for many ids may return if the single-item method returns `Item`. */
type ManyItems<Returns extends ItemsShape, Item> = {
  readonly list: readonly (Item | null | undefined)[]
  readonly map: ReadonlyMap<unknown, Item | null | undefined>
  readonly record: { readonly [id: string]: Item | null | undefined }
}[Returns]

/**
 * A decorator whose method must take a list of the ids that the entry's method takes one by one.
 */
export interface CachedManyDecorator<
  Lists extends readonly Parameter[],
  Instance,
  Entry,
  Ids extends number,
  Of extends Parameter,
  Item,
  Returns extends ItemsShape,
  ItemId,
  KeyParts extends Parameter,
  Missing extends MissingItems,
> {
  /** Used as a standard decorator (TC39). */
  <
    This,
    Actual extends ListOf<Accepts<Lists> & HasIds<Ids, Of, Entry, This>>,
    Fn extends (
      this: This,
      ...args: never
    ) => PromiseLike<ManyItems<Returns, Item & StoredBy<Entry, This>>>,
  >(
    value: Fn &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckArity<NoInfer<Fn>, [Of]> &
      CheckSameShape<NoInfer<Fn>, SourceOf<Of>, Entry, This> &
      TakesIds<Ids, ItemId> &
      ((this: This, ...args: Actual) => unknown),
    context: InstanceMethodContext<This> &
      CheckInstance<This, Instance> &
      CheckEntry<Entry, This> &
      CheckMissing<StoredWhenMissing<Missing, Returns, ItemId>, StoredBy<Entry, This>> &
      OfClass<CheckKey<KeyParts, Entry, This>>,
  ): Fn
  /** Used as a legacy decorator. */
  <
    This extends object,
    Actual extends ListOf<Accepts<Lists> & HasIds<Ids, Of, Entry, This>>,
    Fn extends PromiseMethod<ManyItems<Returns, Item & StoredBy<Entry, This>>>,
  >(
    target: This &
      NotStatic &
      CheckInstance<NoInfer<This>, Instance> &
      CheckEntry<Entry, NoInfer<This>> &
      CheckMissing<StoredWhenMissing<Missing, Returns, ItemId>, StoredBy<Entry, NoInfer<This>>> &
      CheckKey<KeyParts, Entry, NoInfer<This>>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> &
      CheckArity<NoInfer<Fn>, Lists> &
      CheckArity<NoInfer<Fn>, [Of]> &
      CheckSameShape<NoInfer<Fn>, SourceOf<Of>, Entry, This> & {
        value?: TakesIds<Ids, ItemId> & ((...args: Actual) => unknown)
      },
  ): TypedPropertyDescriptor<Fn> | void
}

/**
 * What is stored for an omitted item. Also `skip` if the compiler does not know it, and for lists
 * in the order of the ids, which omit no items.
 */
type StoredWhenMissing<
  Missing extends MissingItems,
  Returns extends ItemsShape,
  ItemId,
> = ItemsShape extends Returns
  ? 'skip'
  : [Returns, unknown] extends ['list', ItemId]
    ? 'skip'
    : 'skip' extends Missing
      ? 'skip'
      : Missing

/**
 * How the key is made. Without `keyOf`, it is that of the entry's method called with an id in place
 * of the list.
 */
type SourceOf<Of extends Parameter> = [Of] extends [never] ? 'same arguments' : 'callback'

/**
 * A parameter list whose argument at index `Ids` is a list of the ids that `keyOf`, or else the
 * entry's method, takes.
 */
type HasIds<Ids extends number, Of extends Parameter, Entry, This> = 0 extends Ids
  ? [ids: readonly IdOf<Of, Entry, This>[], ...others: Longer<OthersOf<Of>>]
  : Parameter & { readonly [Index in `${Ids}`]: readonly IdOf<Of, Entry, This>[] }

type IdOf<Of extends Parameter, Entry, This> = [Of] extends [never]
  ? FirstTaken<Entry, This>
  : Of[0]

type OthersOf<Of extends Parameter> = [Of] extends [never]
  ? []
  : Of extends readonly [unknown, ...infer Others]
    ? Others
    : []

/**
 * A method that accepts a list of the ids that `idOf` returns, because ids are compared without
 * conversion. Written as a method for the same reason as `TakesKey`.
 */
type TakesIds<Ids extends number, ItemId> = {
  method(...args: ListAt<Ids, ItemId[] | readonly ItemId[]>): unknown
}['method']

/** A parameter list with `List` at the index. Stops at index 9. */
type ListAt<Index extends number, List, Before extends any[] = []> = Before['length'] extends
  | Index
  | 9
  ? [...Before, List, ...any[]]
  : ListAt<Index, List, [...Before, any]>

type FirstTaken<Entry, This> =
  TakenBy<Entry, This> extends readonly [first?: infer First, ...others: unknown[]]
    ? First
    : unknown
