import type { InvalidationBatch, SharedStore } from '../../src/tiers/shared-store.js'

export const MINUTE = 60_000
export const SEALED = Buffer.from('what is sealed ends in a checksum')

/** Where an entry is stored. */
export interface EntryAddress {
  readonly hash: string
  readonly field: string
}

/**
 * What tests ask of a store about one entry, with all that they do not care for filled in.
 *
 * @param subject what is asked, and of which entry; looked up with every request
 */
export function requestsTo(
  subject: () => { readonly store: SharedStore; readonly address: EntryAddress },
) {
  const claim = (token: string, more = {}) => ({
    ...subject().address,
    token,
    leaseFor: MINUTE / 2,
    markers: [] as string[],
    withClock: false,
    markersLiveFor: MINUTE,
    ...more,
  })
  const lives = { freshFor: MINUTE, keptFor: MINUTE, isStamped: true }
  const batch = (more: Partial<InvalidationBatch>): InvalidationBatch => ({
    keys: [],
    markers: [],
    tags: [],
    markersLiveFor: MINUTE,
    origin: 'origin',
    durability: 0,
    ...more,
  })
  return {
    claim,
    batch,
    acquire: (token: string, more = {}) =>
      subject().store.acquire({ seen: undefined, ...claim(token, more) }),
    store: (token: string, more = {}) =>
      subject().store.store({ ...subject().address, token, sealed: SEALED, ...lives, ...more }),
    read: (more = {}) => subject().store.read({ ...subject().address, markers: [], ...more }),
    evict: () => subject().store.invalidate(batch({ keys: [subject().address.hash] })),
    finishPut: (token: string, more: { sealed?: Buffer; isStamped?: boolean } = {}) =>
      subject().store.finishPut({
        ...subject().address,
        token,
        sealed: SEALED,
        ...lives,
        origin: 'origin',
        ...more,
      }),
  }
}
