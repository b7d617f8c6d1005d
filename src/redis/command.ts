import type { RedisArgument, Script } from './link.js'

/** A command for Redis with its deadline. */
export interface Command {
  readonly name: string
  /** For a script: the number of keys, the keys, the arguments. */
  readonly args: readonly RedisArgument[]
  /** Milliseconds. */
  readonly deadline: number
  /**
   * The script that an `eval` runs. A connection sends its text once, and its digest from then on.
   */
  readonly script?: Script | undefined
}

/** Returns the command that runs a script. @param deadline milliseconds */
export function evaluation(
  script: Script,
  keys: readonly string[],
  args: readonly RedisArgument[],
  deadline: number,
): Command {
  return { name: 'eval', args: [keys.length, ...keys, ...args], deadline, script }
}
