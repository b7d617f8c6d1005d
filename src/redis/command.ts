import type { RedisArgument, Script } from './link.js'

/** What is sent to Redis at once. */
export interface Command {
  readonly name: string
  /** Of a script: how many keys, the keys, its arguments. */
  readonly args: readonly RedisArgument[]
  /** Milliseconds. */
  readonly deadline: number
  /** What an `eval` runs, where that is always the same text: a connection sends it only once. */
  readonly script?: Script | undefined
}

/** The command that runs a script. */
export function evaluation(
  script: Script,
  keys: readonly string[],
  args: readonly RedisArgument[],
  deadline: number,
): Command {
  return { name: 'eval', args: [keys.length, ...keys, ...args], deadline, script }
}
