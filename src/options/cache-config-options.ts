import type { EntryOptions } from './entry-options.js'

/** The options of `@CacheConfig`: defaults for the entries of a class, and what they have in common. */
export interface CacheConfigOptions<Instance = unknown>
  extends EntryOptions<readonly unknown[], unknown, Instance> {
  /**
   * The group that the entries of the class belong to, and that `cache.namespace(n).clear()` clears.
   * One class owns it. Must be written when there is Redis, because a minifier changes class names.
   *
   * @default the class's name, when there is no Redis
   */
  readonly namespace?: string
}
