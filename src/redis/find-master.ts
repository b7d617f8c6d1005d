import type { Clock } from '../clock.js'
import type { Dialer } from './dialer.js'
import type { Endpoint } from './open-socket.js'
import { ConnectionFailure } from './redaction.js'
import type { Topology } from './redis-target.js'

type Sentinels = Extract<Topology, { readonly kind: 'sentinel' }>

/** Milliseconds after which those sentinels decide that have answered. */
const PATIENCE = 250

/**
 * Asks all sentinels at once where the master is, and believes what most of them say: one that was
 * cut off from the others may not have heard of a failover, one that is frozen does not answer.
 *
 * @throws ConnectionFailure when none of them knows
 */
export function findMaster(
  sentinels: Sentinels,
  dialer: Dialer,
  clock: Clock,
  signal: AbortSignal,
): Promise<Endpoint> {
  const asking = new AbortController()
  const votes = new Map<string, { readonly endpoint: Endpoint; count: number }>()
  let waiting = sentinels.nodes.length
  let enough = sentinels.nodes.length / 2
  return new Promise((resolve, reject) => {
    const decide = (): void => {
      const [first] = [...votes.values()].sort((a, b) => b.count - a.count)
      finish()
      if (first === undefined) reject(new ConnectionFailure('master'))
      else resolve(dialer.translate(first.endpoint))
    }
    const give = (): void => {
      finish()
      reject(signal.reason)
    }
    const finish = (): void => {
      cancel()
      signal.removeEventListener('abort', give)
      asking.abort(new ConnectionFailure('closed'))
    }
    const cancel = clock.schedule(PATIENCE, () => {
      enough = 0
      if (votes.size > 0) decide()
    })
    signal.addEventListener('abort', give)
    if (signal.aborted) give()
    for (const sentinel of sentinels.nodes) {
      void askMaster(sentinel, sentinels, dialer, asking.signal).then((endpoint) => {
        waiting -= 1
        const agreeing = endpoint === undefined ? 0 : count(votes, endpoint)
        if (agreeing > enough || waiting === 0) decide()
      })
    }
  })
}

/** undefined when this sentinel does not tell. */
async function askMaster(
  sentinel: Endpoint,
  { access, master }: Sentinels,
  dialer: Dialer,
  signal: AbortSignal,
): Promise<Endpoint | undefined> {
  try {
    const session = await dialer.dialSentinel(sentinel, access, signal)
    signal.addEventListener('abort', () => session.destroy('closed'))
    const reply = await session.call('sentinel', ['get-master-addr-by-name', master])
    session.destroy('closed')
    if (!Array.isArray(reply)) return undefined
    const endpoint = { host: String(reply[0]), port: Number(reply[1]) }
    return endpoint.port > 0 && endpoint.port < 65_536 ? endpoint : undefined
  } catch {
    return undefined
  }
}

function count(
  votes: Map<string, { readonly endpoint: Endpoint; count: number }>,
  endpoint: Endpoint,
): number {
  const name = `${endpoint.host}:${endpoint.port}`
  const vote = votes.get(name) ?? { endpoint, count: 0 }
  vote.count += 1
  votes.set(name, vote)
  return vote.count
}
