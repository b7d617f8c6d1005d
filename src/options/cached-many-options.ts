import type { EntryReference } from './entry-reference.js'
import type { Key } from './entry-options.js'

/**
 * The form in which a method returns its items: a list, a Map by id, or an object with ids as
 * property names.
 */
export type ItemsShape = 'list' | 'map' | 'record'

/** What is stored for an item that a method omits. */
export type MissingItems =
  | 'undefined'
  | 'null'
  /** Nothing, so that the next call asks for the item again. */
  | 'skip'

/**
 * The options of `@CachedMany`. The `@Cached` of the single-item method says how the items are
 * kept: both methods read and fill the same entry.
 */
export interface CachedManyOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Item = unknown,
  Instance = unknown,
  Entry extends EntryReference = EntryReference,
  Id = unknown,
  Others extends readonly unknown[] = readonly unknown[],
  Returned extends Key = Key,
> {
  /** Name of the single-item `@Cached` method whose entry holds the items. */
  readonly entry: Entry
  /** Index of the argument that holds the list of ids, from 0. @default 0 */
  readonly ids?: number
  /**
   * The form in which the method returns the items. Calls answered from the cache return the same
   * form. A list follows the order of the ids, unless `idOf` says which item is whose.
   *
   * @default 'list'
   */
  readonly returns?: ItemsShape
  /**
   * Returns the key of one item in that entry, from the id and the method's other arguments. A
   * `function` gets the instance as `this`.
   *
   * @default the key of the single-item method, called with the id in place of the list
   */
  readonly keyOf?: (this: Instance, id: Id, ...others: Others) => Returned
  /**
   * Returns the id of an item. Needed when a list does not follow the order of the ids, or leaves
   * out the ids that were not found.
   *
   * @default items belong to the ids by position; a Map or a record names the ids itself
   */
  readonly idOf?: (this: void, item: Item) => unknown
  /**
   * What is stored for an item that the method omits from a list with `idOf`, a Map or an object,
   * and thus what the single-item method then returns for its id. `'skip'`, for a single-item
   * method that throws, stores nothing, so that the next call asks for the item again. The result
   * omits the item in any case.
   *
   * @default 'undefined'
   */
  readonly missing?: MissingItems
  /**
   * Whether a call uses the cache; when it returns false, the method just runs. A `function` gets
   * the instance as `this`.
   */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /** Returns the scope of a call. @default the entry's scope */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
}
