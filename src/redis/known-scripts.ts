import { lazyRequire } from '../lazy.js'
import type { Command } from './command.js'
import type { RedisArgument, Script } from './link.js'

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')
const digests = new Map<Script, string>()

/** A command as the driver takes it. */
export interface SpelledCommand {
  readonly name: string
  readonly args: readonly RedisArgument[]
}

/**
 * The scripts that were sent on one connection. Commands keep their order there, so whatever follows
 * may name a script by its digest: a kilobyte less each time.
 */
export class KnownScripts {
  /** undefined: this user may not name scripts. */
  #known: Set<Script> | undefined = new Set()
  /** Commands that were sent with the digest of their script. */
  readonly #named = new WeakSet<object>()

  /** A command with its script in it: the digest where it will do, else the whole text. */
  spelled(command: Omit<Command, 'deadline'>): SpelledCommand {
    const { script, args } = command
    if (script === undefined) return command
    if (this.#known?.has(script) === true) {
      this.#named.add(command)
      return { name: 'evalsha', args: [digestOf(script), ...args] }
    }
    this.#named.delete(command)
    this.#known?.add(script)
    return { name: command.name, args: [script.text, ...args] }
  }

  /**
   * Whether a command was refused, by an error that begins with the word `reply`, only because it
   * named its script. `spelled` gives the whole text then.
   */
  wasRefused(command: Omit<Command, 'deadline'>, reply: string): boolean {
    const { script } = command
    if (script === undefined || !this.#named.has(command)) return false
    if (reply === 'NOPERM') this.#known = undefined
    else if (reply === 'NOSCRIPT') this.#known?.delete(script)
    else return false
    return true
  }
}

/** How Redis calls a script. */
function digestOf(script: Script): string {
  let digest = digests.get(script)
  if (digest === undefined) {
    digest = cryptography().hash('sha1', script.text)
    digests.set(script, digest)
  }
  return digest
}
