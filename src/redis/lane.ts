import type { Script } from './link.js'

/**
 * The purpose of a connection. One command that must wait blocks its whole connection: a write
 * during a write pause, a blocking read of the log, a WAIT. So each purpose has its own connection.
 */
export type Lane = 'reads' | 'writes' | 'log' | 'wait'

/** Returns the lane on which a script is sent. */
export function laneOf(script: Script): Lane {
  return script.readOnly ? 'reads' : 'writes'
}
