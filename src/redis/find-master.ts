import type { Clock } from '../clock.js'
import type { Dialer } from './dialer.js'
import { type Endpoint, nameOf } from './endpoint.js'
import { ConnectionFailure } from './redaction.js'
import type { Topology } from './redis-target.js'

type Sentinels = Extract<Topology, { readonly kind: 'sentinel' }>

/** Milliseconds after which the sentinels that have answered decide. */
const PATIENCE = 250

/**
 * Asks all sentinels in parallel where the master is, and returns the answer of the majority. A
 * sentinel that is cut off from the others may not know of a failover, and a frozen one does not
 * answer.
 *
 * @throws ConnectionFailure when none of them knows
 */
export async function findMaster(
  sentinels: Sentinels,
  dialer: Dialer,
  clock: Clock,
  signal: AbortSignal,
): Promise<Endpoint> {
  const controller = new AbortController()
  const stop = (): void => controller.abort(new ConnectionFailure('closed'))
  const votes = new Votes(sentinels.nodes.length)
  const cancel = clock.schedule(PATIENCE, () => votes.hurry())
  const endVoting = (): void => votes.end()
  signal.addEventListener('abort', endVoting)
  for (const sentinel of sentinels.nodes) {
    void askMaster(sentinel, sentinels, dialer, controller.signal).then((vote) => votes.take(vote))
  }
  if (signal.aborted) endVoting()
  const master = await votes.result
  cancel()
  stop()
  signal.removeEventListener('abort', endVoting)
  if (signal.aborted) throw signal.reason
  if (master === undefined) throw new ConnectionFailure('master')
  return dialer.translate(master)
}

/** Counts the sentinels' answers until more than half of all agree or no more can come. */
class Votes {
  readonly result: Promise<Endpoint | undefined>
  readonly #votes = new Map<string, { readonly endpoint: Endpoint; count: number }>()
  #enough: number
  #missing: number
  #resolve: (endpoint: Endpoint | undefined) => void = () => undefined

  constructor(voters: number) {
    this.#missing = voters
    this.#enough = voters / 2
    this.result = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  take(endpoint: Endpoint | undefined): void {
    this.#missing -= 1
    if (endpoint !== undefined) {
      const name = nameOf(endpoint)
      const vote = this.#votes.get(name) ?? { endpoint, count: 0 }
      vote.count += 1
      this.#votes.set(name, vote)
      if (vote.count > this.#enough) return this.end()
    }
    if (this.#missing === 0) this.end()
  }

  /** From now on a single answer is enough. */
  hurry(): void {
    this.#enough = 0
    if (this.#votes.size > 0) this.end()
  }

  end(): void {
    const [first] = [...this.#votes.values()].sort((one, other) => other.count - one.count)
    this.#resolve(first?.endpoint)
  }
}

/** Returns the master's address; undefined when this sentinel does not know or does not answer. */
async function askMaster(
  sentinel: Endpoint,
  { access, master }: Sentinels,
  dialer: Dialer,
  signal: AbortSignal,
): Promise<Endpoint | undefined> {
  try {
    const session = await dialer.dialSentinel(sentinel, access, signal)
    const disconnect = (): void => session.destroy('closed')
    signal.addEventListener('abort', disconnect)
    const call = session.call('sentinel', ['get-master-addr-by-name', master])
    const reply = await call.finally(disconnect)
    if (!Array.isArray(reply)) return undefined
    const endpoint = { host: String(reply[0]), port: Number(reply[1]) }
    return endpoint.port > 0 && endpoint.port < 65_536 ? endpoint : undefined
  } catch {
    return undefined
  }
}
