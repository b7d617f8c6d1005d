import type { EntryOptions } from './entry-options.js'

/** The options of `@CacheConfig`: the namespace of a class, and defaults for its entries. */
export interface CacheConfigOptions<Instance = unknown>
  extends EntryOptions<readonly unknown[], unknown, Instance> {
  /**
   * Name of the group that the class's entries belong to; `cache.namespace(name).clear()` clears
   * it. Each namespace belongs to one class. Required with Redis, because minifiers change class
   * names.
   *
   * @default the class's name, when there is no Redis
   */
  readonly namespace?: string
}
