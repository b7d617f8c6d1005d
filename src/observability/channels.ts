import { channel } from 'node:diagnostics_channel'

/**
 * The channels of `node:diagnostics_channel` on which every cache of the process publishes its
 * events: the same objects that observers get, created only while a channel has subscribers.
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
