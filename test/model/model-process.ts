import { CachedEntry } from '../../src/engine/cached-entry.js'
import type { Parts } from '../../src/engine/parts.js'
import type { UnitsOfWork } from '../../src/engine/unit-of-work.js'
import { EntryCounters } from '../../src/observability/entry-counters.js'
import type { EntryOptions } from '../../src/options/entry-options.js'
import type { CachedOptions } from '../../src/options/cached-options.js'
import type { Names } from '../../src/keys/names.js'
import type { RedisLink } from '../../src/redis/link.js'
import { resolveEntryPolicy } from '../../src/options/resolve-entry-policy.js'
import type { LogMessage } from '../../src/tiers/shared-store.js'
import type { Caller } from '../../src/weaving/caller.js'
import { lookUpMany } from '../../src/weaving/many-advice.js'
import { Reports } from '../../src/weaving/reports.js'
import { ModelCache } from '../support/model/model-cache.js'
import type { ScheduledNetwork } from '../support/model/network.js'
import type { ModelServer } from '../support/model/server.js'
import type { ModelTier } from '../support/model/tier.js'
import type { Timeline } from '../support/model/timeline.js'
import type { Row } from './history.js'
import type { ProcessPlan, Scenario } from './scenario.js'

export interface ModelProcessOptions {
  readonly plan: ProcessPlan
  readonly scenario: Scenario
  readonly timeline: Timeline
  readonly servers: readonly ModelServer[]
  readonly network: ScheduledNetwork
  readonly logNetwork: ScheduledNetwork
  readonly origin: number
  /** The engine's own: 0 up to, not including, 1. */
  readonly random: () => number
  readonly onMessage: (message: LogMessage) => void
  readonly linkOf?: (link: RedisLink, names: Names) => RedisLink
}

const NAMESPACE = 'rows'
const ENTRY = 'row'

/** The tags of a row: one that it keeps, and one that changes with it. */
export function tagsOf({ key, version }: Pick<Row, 'key' | 'version'>): string[] {
  return [`group-of-${key}`, version % 2 === 0 ? 'even' : 'odd']
}

/** One process of the model: a whole cache, with the entry that everybody reads. */
export class ModelProcess {
  readonly parts: Parts
  readonly entry: CachedEntry
  readonly caller: Caller
  readonly units: UnitsOfWork
  readonly tier: ModelTier
  readonly network: ScheduledNetwork
  readonly logNetwork: ScheduledNetwork
  readonly isStrict: boolean

  constructor(options: ModelProcessOptions) {
    const { network, logNetwork, linkOf } = options
    this.network = network
    this.logNetwork = logNetwork
    const cache = new ModelCache({
      servers: options.servers,
      clock: options.timeline.clock(options.origin),
      network,
      logNetwork,
      maxItems: 6,
      isEager: options.plan.isEager === true,
      random: options.random,
      reconnectLog: () => {
        logNetwork.cut(false)
        logNetwork.connect()
      },
      onMessage: options.onMessage,
      ...(linkOf === undefined ? {} : { linkOf }),
    })
    this.parts = cache.parts
    this.caller = cache.caller
    this.units = cache.units
    this.tier = cache.tier
    const { version, consistency } = options.plan
    const identity = { label: 'rows', namespace: NAMESPACE, entry: ENTRY, version }
    const policy = resolveEntryPolicy(identity, entryOptions(options.scenario, consistency))
    const counters = new EntryCounters(NAMESPACE, ENTRY)
    this.entry = new CachedEntry(policy, this.parts, this.units, counters)
    this.isStrict = policy.consistency === 'strict'
  }

  keyOf(key: string, scope: string | undefined): string {
    return String(this.entry.keyOf([key], scope))
  }

  /** For whom a row is read. */
  ownerOf(scope: string | undefined): string {
    return `${scope ?? 'everybody'} ${this.entry.policy.version}`
  }

  /** Redis names that stand for a read of a row; not by the engine's word, which is on trial. */
  namesOf(key: string, scope: string | undefined): string[] {
    const { names } = this.parts
    const markers = [names.namespaceMarker(NAMESPACE), names.entryMarker(NAMESPACE, ENTRY)]
    if (scope !== undefined) markers.push(names.scopeMarker(NAMESPACE, scope))
    return [this.entry.context.idOf(this.keyOf(key, scope)), ...markers]
  }

  /** Reads a row as a `@Cached` method does. */
  async read(key: string, scope: string | undefined, load: () => Promise<Row>): Promise<Row> {
    if (scope === undefined) {
      const hit = this.entry.hitByArgument(key)
      if (hit !== undefined) return hit as Promise<Row>
      this.entry.shorten(key, this.keyOf(key, scope))
    }
    return this.entry.read(this.keyOf(key, scope), scope, load, undefined, [key]) as Promise<Row>
  }

  /** Reads rows in one call, as a `@CachedMany` method does. */
  readMany(
    keys: readonly string[],
    scope: string | undefined,
    load: (keys: readonly string[]) => Promise<Row[]>,
  ): Promise<Row[]> {
    const reports = new Reports(this.parts.signals, 'rows.many', '@CachedMany')
    const plan = {
      label: 'rows.many',
      declaration: undefined as never,
      options: {},
      scope: scope === undefined ? undefined : () => scope,
      isEnabled: true,
      entry: this.entry,
      reports,
    }
    const run = (_self: unknown, args: readonly unknown[]): Promise<Row[]> =>
      load(args[0] as readonly string[])
    const read = lookUpMany('rows.many', plan, { entry: 'one' }, run, reports)
    return Promise.resolve(read(undefined, [keys])) as Promise<Row[]>
  }
}

function entryOptions(scenario: Scenario, consistency: EntryOptions['consistency']): CachedOptions {
  const { isTagged, isStale, isMemoryOnly } = scenario
  return {
    jitter: 0,
    ...(isMemoryOnly ? { tiers: ['memory'] } : { consistency: consistency ?? 'bounded' }),
    ...(isTagged ? { tags: (row: unknown) => tagsOf(row as Row) } : {}),
    ...(isStale
      ? { ttl: 400, staleWhileRevalidate: 3_000, staleIfError: 10_000, refreshAhead: 0.5 }
      : { ttl: 60_000 }),
  }
}
