import { channel } from 'node:diagnostics_channel'

/**
 * The channels of `node:diagnostics_channel` on which every cache of the process publishes what its
 * observer hears: the same event objects, made only while somebody has subscribed.
 */
export const channels = {
  /** `CallEvent` */
  call: channel('cachewright:call'),
  /** `LoadEvent` */
  load: channel('cachewright:load'),
  /** `InvalidationEvent` */
  invalidation: channel('cachewright:invalidation'),
  /** `ConnectionEvent` */
  connection: channel('cachewright:connection'),
  /** `WarningEvent` */
  warning: channel('cachewright:warning'),
}
