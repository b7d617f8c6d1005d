import type { Parts } from '../engine/parts.js'
import { newToken } from '../token.js'

/** Milliseconds that the entry and lease of a probe live. */
const LIFETIME = 1_000

/**
 * Writes an entry to the shared tier and reads it back, bypassing memory. Resolves with whether
 * that worked; true without a shared tier. Never rejects.
 */
export async function probeSharedTier(parts: Parts): Promise<boolean> {
  const { names, shared, origin } = parts
  if (shared === undefined) return true
  const address = { hash: names.entry('cachewright', 'probe', origin), field: '1' }
  const token = newToken()
  const sealed = Buffer.from(token)
  try {
    const request = { ...address, token, leaseFor: LIFETIME, markers: [], withClock: false }
    await shared.seize({ ...request, markersLiveFor: LIFETIME })
    await shared.store({
      ...address,
      token,
      sealed,
      freshFor: LIFETIME,
      keptFor: LIFETIME,
      isStamped: false,
    })
    const { entry } = await shared.read({ ...address, markers: [] })
    return entry?.sealed?.equals(sealed) === true
  } catch {
    return false
  }
}
