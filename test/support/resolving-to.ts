import type { LookupFunction } from 'node:net'

/** A resolver to which every name has the first of `addresses`, as it is when it is asked, or none. */
export function resolvingTo(addresses: readonly string[]): LookupFunction {
  return (_host, _options, callback) => {
    const [address] = addresses
    if (address !== undefined) callback(null, [{ address, family: 4 }])
    else callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), [])
  }
}
