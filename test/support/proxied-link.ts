import { type Socket } from 'node:net'

/** What befalls the bytes on their way. Requests flow from the client, replies to it. */
export interface LinkWeather {
  /** How many milliseconds every byte takes, each way. */
  readonly latency: number
  /** Up to how many milliseconds more it takes, at random. Bytes never overtake one another. */
  readonly jitter: number
  /** How likely a piece of a reply, as it comes off the socket, arrives with one byte changed. 0 to 1. */
  readonly corruption: number
  /** After how many bytes of replies a connection is reset. What came before is delivered. */
  readonly cutAfter: number
  /** Which bytes disappear. */
  readonly lost: 'none' | 'requests' | 'replies' | 'both'
  /** Whether bytes wait. */
  readonly held: boolean
  random(): number
  /** Told of all bytes that come off a socket, of those that are then lost too. */
  count(way: 'requests' | 'replies', bytes: number): void
}

/** One way of a connection: pieces wait in a queue until they are due. */
interface Lane {
  readonly name: 'requests' | 'replies'
  readonly from: Socket
  readonly to: Socket
  readonly queue: { readonly due: number; readonly bytes: Buffer }[]
  lastDue: number
  /** Nothing more comes from it. */
  ended: boolean
  /** It ended by a reset or a failure. */
  broken: boolean
  /** The other side was told of the end. */
  finished: boolean
  timer: NodeJS.Timeout | undefined
}

/** A connection of a client to the proxy, and the proxy's to the server. */
export class ProxiedLink {
  readonly #weather: LinkWeather
  readonly #lanes: readonly Lane[]
  readonly #whenGone: () => void
  #delivered = 0
  #gone = false

  constructor(client: Socket, server: Socket, weather: LinkWeather, whenGone: () => void) {
    this.#weather = weather
    this.#whenGone = whenGone
    this.#lanes = [lane('requests', client, server), lane('replies', server, client)]
    for (const one of this.#lanes) {
      one.from.on('data', (bytes: Buffer) => this.#receive(one, bytes))
      one.from.on('end', () => this.#end(one, false))
      // A socket that fails also closes, and that is what counts.
      one.from.on('error', () => undefined)
      one.from.on('close', () => this.#end(one, !one.ended))
    }
  }

  /** Looks again at what waits, because the weather allows more or less now. */
  weatherChanged(): void {
    for (const one of this.#lanes) this.#deliver(one)
  }

  /** Resets both ends. */
  reset(): void {
    if (this.#gone) return
    this.#gone = true
    for (const one of this.#lanes) {
      clearTimeout(one.timer)
      // Node 20 loses a socket that is reset after its end was sent, and then never exits.
      if (one.from.writableEnded) one.from.destroy()
      else one.from.resetAndDestroy()
    }
    this.#whenGone()
  }

  #receive(one: Lane, received: Buffer): void {
    this.#weather.count(one.name, received.length)
    if (this.#loses(one)) return
    const bytes = one.name === 'replies' ? this.#corrupted(received) : received
    const delay = this.#weather.latency + this.#weather.jitter * this.#weather.random()
    one.lastDue = Math.max(one.lastDue, performance.now() + delay)
    one.queue.push({ due: one.lastDue, bytes })
    this.#deliver(one)
  }

  /** @param broken whether it ended without saying so, as by a reset */
  #end(one: Lane, broken: boolean): void {
    one.ended = true
    one.broken ||= broken
    this.#deliver(one)
  }

  #deliver(one: Lane): void {
    if (this.#gone || this.#weather.held) return
    clearTimeout(one.timer)
    for (let next = one.queue[0]; next !== undefined; next = one.queue[0]) {
      const wait = next.due - performance.now()
      if (wait > 0) {
        one.timer = setTimeout(() => this.#deliver(one), wait)
        return
      }
      one.queue.shift()
      if (!this.#loses(one)) this.#write(one, next.bytes)
      if (this.#gone) return
    }
    if (one.ended && !this.#loses(one)) this.#passOnEnd(one)
  }

  #passOnEnd(one: Lane): void {
    if (one.broken) {
      this.reset()
      return
    }
    if (one.finished) return
    one.finished = true
    one.to.end()
    if (!this.#lanes.every(({ finished }) => finished)) return
    this.#gone = true
    this.#whenGone()
  }

  #write(one: Lane, bytes: Buffer): void {
    const allowed = one.name === 'replies' ? this.#weather.cutAfter - this.#delivered : bytes.length
    if (one.name === 'replies') this.#delivered += bytes.length
    if (bytes.length > allowed) {
      one.to.write(bytes.subarray(0, Math.max(0, allowed)))
      this.reset()
      return
    }
    if (!one.to.write(bytes)) {
      one.from.pause()
      one.to.once('drain', () => one.from.resume())
    }
  }

  #loses(one: Lane): boolean {
    return this.#weather.lost === 'both' || this.#weather.lost === one.name
  }

  #corrupted(bytes: Buffer): Buffer {
    const { corruption } = this.#weather
    if (corruption === 0 || this.#weather.random() >= corruption) return bytes
    const broken = Buffer.from(bytes)
    const index = Math.floor(this.#weather.random() * broken.length)
    broken[index] = (broken[index] ?? 0) ^ 0xff
    return broken
  }
}

function lane(name: Lane['name'], from: Socket, to: Socket): Lane {
  const state = { lastDue: 0, ended: false, broken: false, finished: false, timer: undefined }
  return { name, from, to, queue: [], ...state }
}
