import { systemClock } from '../../src/clock.js'
import type { ConnectionEvent } from '../../src/redis/connection-event.js'
import type { RedisArgument, RedisLink, Script } from '../../src/redis/link.js'
import { RedisConnections } from '../../src/redis/redis-connections.js'
import type { RedisInput } from '../../src/redis/redis-options.js'
import type { IdentityChange } from '../../src/redis/server-identity.js'

/** What became of one call: the reply or the name of the error, and how long it took. */
export interface Outcome {
  readonly reply: unknown
  readonly error: string | undefined
  /** Milliseconds. */
  readonly took: number
}

const PREFIX = 'app'
const open = new Set<Connected>()

/** Connections as a cache makes them, with what they told. */
export class Connected {
  readonly connections: RedisConnections
  readonly events: ConnectionEvent[] = []
  readonly recoveries: IdentityChange[] = []

  constructor(redis: RedisInput, random: () => number = Math.random) {
    this.connections = new RedisConnections({
      redis,
      prefix: PREFIX,
      clock: systemClock,
      random,
      onEvent: (event) => this.events.push(event),
    })
    this.connections.onRecover(async (change) => {
      this.recoveries.push(change)
    })
    open.add(this)
  }

  get link(): RedisLink {
    return this.connections.link
  }

  /** Fails the test when the connections are not there within two seconds. */
  async ready(timeout = 2_000): Promise<this> {
    if (await this.connections.whenReady(timeout)) return this
    throw new Error(`not ready: ${this.events.map(({ message }) => message).join(' | ')}`)
  }

  get(key: string, deadline = 100): Promise<unknown> {
    return this.link.evaluate(GET, [key], [], deadline)
  }

  set(key: string, value: RedisArgument, deadline = 100): Promise<unknown> {
    return this.link.evaluate(SET, [key], [value], deadline)
  }

  /** A read that never rejects. */
  async try(key = 'key', deadline = 100): Promise<Outcome> {
    return outcomeOf(() => this.get(key, deadline))
  }

  /** A write that never rejects. */
  async tryWrite(key = 'key', deadline = 100): Promise<Outcome> {
    return outcomeOf(() => this.set(key, 'value', deadline))
  }
}

export const GET = script(true, `#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])`)
export const SET = script(false, `return redis.call('SET', KEYS[1], ARGV[1])`)

export function script(readOnly: boolean, text: string): Script {
  return { name: 'test', readOnly, text }
}

/** Closes what a test has opened. */
export async function closeAll(): Promise<void> {
  await Promise.all([...open].map(({ connections }) => connections.close()))
  open.clear()
}

export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  const begun = performance.now()
  try {
    const reply = await call()
    return { reply, error: undefined, took: performance.now() - begun }
  } catch (error) {
    const name = error instanceof Error ? error.name : 'no error'
    return { reply: undefined, error: name, took: performance.now() - begun }
  }
}

/** What keeps the process alive now, apart from the servers that a test itself has started. */
export async function resources(): Promise<string[]> {
  // Mocha sets its own timer once the test has returned a promise.
  await Promise.resolve()
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCPSocketWrap|TLSWrap|GetAddrInfo|ConnectWrap|Timeout/.test(name))
    .sort()
}
