import { RedisUnavailableError } from '../errors.js'
import type { AcquireReply, SharedEntry } from '../tiers/shared-store.js'

/** The reply to one request for a lease. */
export type Verdict =
  | { readonly kind: 'found'; readonly entry: SharedEntry }
  | { readonly kind: 'held'; readonly holder: string; readonly remaining: number }
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused' }

/** Bytes of the two times that precede a sealed entry. */
const TIMES = 12
/** Bytes of the checksum at the end of a sealed entry. */
const CHECKSUM = 8

export function asArray(reply: unknown): unknown[] {
  if (Array.isArray(reply)) return reply
  throw new RedisUnavailableError('Redis replied to a script with something other than a list')
}

/** Returns the server's time. Without one, everything compared with it counts as expired. */
export function timeFrom(value: unknown): number {
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
}

/** Returns the token of a marker; undefined when the marker is missing. */
export function tokenFrom(value: unknown): string | undefined {
  return Buffer.isBuffer(value) ? value.toString('latin1') : undefined
}

/** Returns the entry; undefined when there is none, or it has expired by the server's clock. */
export function entryFrom(value: unknown, now: number, seen?: string): SharedEntry | undefined {
  if (!Buffer.isBuffer(value) || value.length < TIMES) return undefined
  const remaining = value.readUIntBE(0, 6) - now
  if (remaining <= 0) return undefined
  const fresh = value.readUIntBE(6, 6) - now
  if (value.length === TIMES) {
    return seen === undefined ? undefined : { stamp: seen, sealed: undefined, remaining, fresh }
  }
  const checksum = value.toString('latin1', value.length - CHECKSUM)
  const stamp = value.toString('latin1', 0, TIMES) + checksum
  return { stamp, sealed: value.subarray(TIMES), remaining, fresh }
}

/** Returns a stamp as a script argument; the empty string without a stamp. */
export function stampArgument(stamp: string | undefined): Buffer | string {
  return stamp === undefined ? '' : Buffer.from(stamp, 'latin1')
}

export function verdictFrom(reply: readonly unknown[], now: number): Verdict {
  const [kind, first, second] = reply
  if (kind === 1) {
    const entry = entryFrom(first, now)
    return entry === undefined ? { kind: 'refused' } : { kind: 'found', entry }
  }
  if (kind === 2) return { kind: 'held', holder: String(first), remaining: Number(second) }
  return kind === 3 ? { kind: 'granted' } : { kind: 'refused' }
}

/** @throws RedisUnavailableError when Redis refused the lease or could not store a marker */
export function acquireReplyFrom(
  verdict: Verdict | undefined,
  tokens: readonly (string | undefined)[],
  withClock: boolean,
): AcquireReply {
  const present = tokens.filter((token) => token !== undefined)
  if (verdict === undefined || verdict.kind === 'refused' || present.length < tokens.length) {
    throw new RedisUnavailableError('Redis could not store the lease or a marker')
  }
  // The tag clock was requested after the markers.
  const clock = withClock ? (present.pop() ?? '') : ''
  const capture = { tokens: present, clock }
  if (verdict.kind === 'found') return { outcome: 'found', capture, entry: verdict.entry }
  if (verdict.kind === 'granted') return { outcome: 'granted', capture }
  return { outcome: 'held', capture, holder: verdict.holder, remaining: verdict.remaining }
}
