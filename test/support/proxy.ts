import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

import { freePort } from './free-port.js'
import { type LinkWeather, ProxiedLink } from './proxied-link.js'
import { seededRandom } from './random.js'

export interface ProxyTarget {
  readonly port: number
  /** 127.0.0.1 by default. */
  readonly host?: string
}

export interface ProxyOptions {
  /** The port to listen on; without it a free one is found. */
  readonly port?: number
  /** Makes jitter and corruption repeatable, for one order of traffic. 1 by default. */
  readonly seed?: number
}

/**
 * A network between a client and a server that a test can spoil. Every property may be changed at
 * any time, and the change concerns open connections too.
 */
export class ChaosProxy implements LinkWeather {
  readonly port: number
  readonly random: () => number

  latency = 0
  jitter = 0
  corruption = 0
  cutAfter = Number.POSITIVE_INFINITY
  /** Resets whoever connects, as a port does that nobody listens on. */
  refusing = false

  readonly #server: Server
  readonly #links = new Set<ProxiedLink>()
  readonly #seen = { requests: 0, replies: 0 }
  #accepted = 0
  #lost: LinkWeather['lost'] = 'none'
  #held = false

  constructor(port: number, target: ProxyTarget, seed: number) {
    this.port = port
    this.random = seededRandom(seed)
    // Half-open sockets stay: whether the other side hears of an end is for the weather to decide.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#accept(client, target)
    })
  }

  /** What a client of Redis connects to, to come by here. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** How many connections were made so far, refused ones included. */
  get accepted(): number {
    return this.#accepted
  }

  /** How many connections are open. */
  get open(): number {
    return this.#links.size
  }

  /** How many bytes have come to the proxy each way, with those that it then lost, held or broke. */
  get seen(): { readonly requests: number; readonly replies: number } {
    return { ...this.#seen }
  }

  get lost(): LinkWeather['lost'] {
    return this.#lost
  }

  /**
   * Which bytes disappear, while both sockets stay open and neither side is told: `both` is the peer
   * whose cable was pulled, `replies` the server that does what it is asked while the client never
   * hears of it. What was lost stays lost: when this ends, a side that hung up meanwhile takes its
   * connection with it, and the others go on with a hole in their stream, so `kill` them if need be.
   */
  set lost(lost: LinkWeather['lost']) {
    this.#lost = lost
    this.#changed()
  }

  get held(): boolean {
    return this.#held
  }

  /** While true, bytes are kept, and delivered in order afterwards: a link that hangs and recovers. */
  set held(held: boolean) {
    this.#held = held
    this.#changed()
  }

  /** Resets every open connection at both ends. New ones are accepted as before. */
  kill(): void {
    for (const link of this.#links) link.reset()
  }

  /** Puts everything right again, for the connections that are still open and for new ones. */
  clear(): void {
    this.latency = 0
    this.jitter = 0
    this.corruption = 0
    this.cutAfter = Number.POSITIVE_INFINITY
    this.refusing = false
    this.#lost = 'none'
    this.held = false
  }

  /** Resets every connection and stops listening. */
  async close(): Promise<void> {
    this.kill()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  count(way: 'requests' | 'replies', bytes: number): void {
    this.#seen[way] += bytes
  }

  async listen(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    // A proxy that a test forgot must not keep the test process alive.
    this.#server.unref()
  }

  #accept(client: Socket, target: ProxyTarget): void {
    this.#accepted += 1
    if (this.refusing) {
      client.on('error', () => undefined)
      client.resetAndDestroy()
      return
    }
    const server = connect({
      port: target.port,
      host: target.host ?? '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    })
    const link = new ProxiedLink(client, server, this, () => this.#links.delete(link))
    this.#links.add(link)
  }

  #changed(): void {
    for (const link of this.#links) link.weatherChanged()
  }
}

/** Starts a proxy on the loopback interface that passes everything on until it is told otherwise. */
export async function startProxy(
  target: ProxyTarget,
  options: ProxyOptions = {},
): Promise<ChaosProxy> {
  for (;;) {
    const proxy = new ChaosProxy(options.port ?? (await freePort()), target, options.seed ?? 1)
    try {
      await proxy.listen()
      return proxy
    } catch (error) {
      if (options.port !== undefined || !/EADDRINUSE/.test(String(error))) throw error
    }
  }
}

/** Has a proxy for as long as `work` runs. */
export async function overProxy(
  target: ProxyTarget,
  work: (proxy: ChaosProxy) => Promise<void>,
): Promise<void> {
  const proxy = await startProxy(target)
  try {
    await work(proxy)
  } finally {
    await proxy.close()
  }
}
