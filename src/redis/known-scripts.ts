import { lazyRequire } from '../lazy.js'
import type { Command } from './command.js'
import type { RedisArgument, Script } from './link.js'

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')
const digests = new Map<Script, string>()

/** A command in the form the driver takes. */
export interface SpelledCommand {
  readonly name: string
  readonly args: readonly RedisArgument[]
}

/**
 * The scripts that were sent on one connection. Redis runs a connection's commands in order, so
 * later commands may refer to a script by its digest, which saves a kilobyte each time.
 */
export class KnownScripts {
  /** undefined when this user has no permission for `evalsha`. */
  #known: Set<Script> | undefined = new Set()
  /** Commands that were sent with a digest instead of the text. */
  readonly #sentByDigest = new WeakSet<object>()

  /** Returns the command with its script inserted: the digest if possible, else the whole text. */
  spelled(command: Omit<Command, 'deadline'>): SpelledCommand {
    const { script, args } = command
    if (script === undefined) return command
    if (this.#known?.has(script) === true) {
      this.#sentByDigest.add(command)
      return { name: 'evalsha', args: [digestOf(script), ...args] }
    }
    this.#sentByDigest.delete(command)
    this.#known?.add(script)
    return { name: command.name, args: [script.text, ...args] }
  }

  /**
   * Whether a command failed, with an error that begins with `reply`, only because it was sent with
   * a digest. In that case `spelled` returns it with the whole text.
   */
  wasRefused(command: Omit<Command, 'deadline'>, reply: string): boolean {
    const { script } = command
    if (script === undefined || !this.#sentByDigest.has(command)) return false
    if (reply === 'NOPERM') this.#known = undefined
    else if (reply === 'NOSCRIPT') this.#known?.delete(script)
    else return false
    return true
  }
}

/** Returns the digest that Redis uses for a script. */
function digestOf(script: Script): string {
  let digest = digests.get(script)
  if (digest === undefined) {
    digest = cryptography().hash('sha1', script.text)
    digests.set(script, digest)
  }
  return digest
}
