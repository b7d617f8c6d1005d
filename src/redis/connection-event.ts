import { explain, type ConnectionFailure, type FailureReason } from './redaction.js'

/**
 * A change in how Redis can be had: one per change, not one per attempt. `message` is one line for
 * people; nothing in any field comes from a key, a value, a password or a server's own words.
 */
export type ConnectionEvent =
  /** Commands are taken. */
  | { readonly kind: 'ready'; readonly server: string; readonly message: string }
  /** Commands were taken and are not any more, or not in time. It is tried again without end. */
  | {
      readonly kind: 'lost'
      readonly server: string
      readonly reason: FailureReason
      readonly message: string
    }
  /** It cannot be had, for a reason that is not the one before. It is tried again without end. */
  | {
      readonly kind: 'failed'
      readonly server: string
      readonly reason: FailureReason
      readonly message: string
    }
  /** It answers, but the cache cannot keep its promises there and does without. */
  | { readonly kind: 'refused'; readonly server: string; readonly message: string }
  /** It works, and somebody should look at how it is set up. */
  | { readonly kind: 'warning'; readonly server: string; readonly message: string }

export type ConnectionListener = (event: ConnectionEvent) => void

export function ready(server: string): ConnectionEvent {
  return { kind: 'ready', server, message: `Redis ${server}: connected` }
}

export function lost(server: string, reason: FailureReason): ConnectionEvent {
  const message = `Redis ${server}: lost, ${explain(reason)}; trying again`
  return { kind: 'lost', server, reason, message }
}

export function failed(server: string, { reason, detail }: ConnectionFailure): ConnectionEvent {
  const again = reason === 'denied' ? 'trying again every 5 s' : 'trying again'
  const message = `Redis ${server}: cannot connect, ${explain(reason, detail)}; ${again}`
  return { kind: 'failed', server, reason, message }
}

export function refused(server: string, text: string): ConnectionEvent {
  return { kind: 'refused', server, message: `Redis ${server}: not used, ${text}` }
}

export function warning(server: string, text: string): ConnectionEvent {
  return { kind: 'warning', server, message: `Redis ${server}: ${text}` }
}
