import { explain, type ConnectionFailure, type FailureReason } from './redaction.js'

/**
 * A change in the state of a connection, reported once per change and not per attempt. `message` is
 * one line for people. No field contains a key, a value, a password or text from a server.
 */
export type ConnectionEvent =
  /** Commands are accepted. */
  | { readonly kind: 'ready'; readonly server: string; readonly message: string }
  /**
   * Commands are no longer accepted, or no longer answered in time. Reconnecting goes on forever.
   */
  | {
      readonly kind: 'lost'
      readonly server: string
      readonly reason: FailureReason
      readonly message: string
    }
  /** Connecting fails, for a new reason. Reconnecting goes on forever. */
  | {
      readonly kind: 'failed'
      readonly server: string
      readonly reason: FailureReason
      readonly message: string
    }
  /** The server answers but cannot support the cache's guarantees, so it is not used. */
  | { readonly kind: 'refused'; readonly server: string; readonly message: string }
  /** The server is used, but its configuration needs attention. */
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
