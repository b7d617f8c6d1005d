import type { EntryReference } from './entry-reference.js'
import type { Key } from './entry-options.js'

/** In which form a method returns its items: a list, a Map from ids, or an object with ids as names. */
export type ItemsShape = 'list' | 'map' | 'record'

/**
 * The options of `@CachedMany`. How the items are kept is said where the single-item method is
 * declared: both methods read and fill the same entry.
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
  /** The single-item method, `@Cached`, whose entry holds the items. */
  readonly entry: Entry
  /** Which argument holds the list of ids, counted from 0. @default 0 */
  readonly ids?: number
  /**
   * In which form the method returns the items; calls that are answered from the cache have the
   * same. A list stands in the order of the ids, unless `idOf` says whose item is whose.
   *
   * @default 'list'
   */
  readonly returns?: ItemsShape
  /**
   * The key of one item in that entry: gets the id, then the method's other arguments. A
   * `function` gets the instance as `this`.
   *
   * @default the key the single-item method has when called with the id in place of the list
   */
  readonly keyOf?: (this: Instance, id: Id, ...others: Others) => Returned
  /**
   * The id of an item, where a list does not stand in the order of the ids, or leaves out what was
   * not found.
   *
   * @default items belong to the ids by position; a Map or a record names them itself
   */
  readonly idOf?: (this: void, item: Item) => unknown
  /** A call for which it returns false passes by the cache. A `function` gets the instance as `this`. */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /** The scope of a call, in place of the entry's. @default the entry's */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
}
