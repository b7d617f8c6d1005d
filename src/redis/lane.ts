import type { Script } from './link.js'

/**
 * What a connection is for. Redis stops a whole connection for one command that must wait: a write
 * during a write pause, a blocking read of the log, a WAIT. So each kind has its own.
 */
export type Lane = 'reads' | 'writes' | 'log' | 'wait'

/** Which connection a script takes. */
export function laneOf(script: Script): Lane {
  return script.readOnly ? 'reads' : 'writes'
}
