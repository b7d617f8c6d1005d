import { EntryContext } from '../../src/engine/entry-context.js'
import { Journal } from '../../src/engine/journal.js'
import { Markers } from '../../src/engine/markers.js'
import { LogConnection } from '../../src/redis/log-connection.js'
import { MemoryTier } from '../../src/tiers/memory-tier.js'
import { lastConsumed } from './mutations.js'
import { DENSE, type Mutant, PLAIN } from './mutant.js'

/** The engine with one rule left out of what it does when something is missed, lost, or refused. */
export const REPAIR_MUTANTS: readonly Mutant[] = [
  {
    rule: 'I21: a gap in the log empties memory',
    focus: {
      ...PLAIN,
      kinds: ['read', 'evict'],
      faults: ['flush', 'lose-key'],
      consistency: 'bounded',
    },
    within: 1_000,
    apply: (sandbox) => {
      sandbox.stub(Markers.prototype, 'invalidateEverything')
      sandbox.stub(MemoryTier.prototype, 'clear')
    },
  },
  {
    rule: 'I21: the log is proven only when what its tail names was read',
    focus: {
      ...PLAIN,
      kinds: ['read', 'evict'],
      faults: ['silent-log', 'flush'],
      consistency: 'bounded',
    },
    within: 3_000,
    apply: (sandbox) => {
      const last = lastConsumed(sandbox, false)
      sandbox.stub(LogConnection.prototype, 'tail').callsFake(function (this: LogConnection) {
        return Promise.resolve(last.get(this))
      })
    },
  },
  {
    rule: 'I19: what Redis did not confirm is not read there',
    focus: { ...DENSE, kinds: ['read', 'evict'], faults: ['misconfigured'], isSlow: false },
    within: 1_000,
    apply: (sandbox) => {
      sandbox.stub(Journal.prototype, 'isQuarantined').returns(false)
    },
  },
  {
    rule: 'I19: what Redis did not confirm is repeated until it does',
    focus: { ...PLAIN, kinds: ['read', 'evict'], faults: ['misconfigured'], isSlow: false },
    within: 1_000,
    apply: (sandbox) => {
      sandbox.stub(Journal.prototype, 'quarantine')
    },
  },
  {
    rule: 'I20: what was confirmed is repeated after a failover',
    focus: {
      ...PLAIN,
      kinds: ['read', 'evict'],
      faults: ['fail-over'],
      isHasty: false,
      isTagged: false,
      isSlow: false,
    },
    within: 3_000,
    apply: (sandbox) => {
      sandbox.stub(Journal.prototype, 'recent').returns([])
    },
  },
  {
    rule: 'I21: memory is trusted for as long as the log is proven, and no longer',
    focus: {
      ...DENSE,
      kinds: ['read', 'evict'],
      faults: ['silent-log', 'pause'],
      consistency: 'bounded',
    },
    within: 10_000,
    apply: (sandbox) => {
      sandbox.stub(EntryContext.prototype, 'isTrusted').returns(true)
    },
  },
  {
    rule: 'I21: a message that does not follow the last one shows a gap',
    focus: {
      ...DENSE,
      kinds: ['read', 'evict'],
      faults: ['lose-log'],
      consistency: 'bounded',
      versions: ['1'],
      isTagged: false,
      isSlow: false,
      isHasty: false,
    },
    within: 3_000,
    apply: (sandbox) => {
      lastConsumed(sandbox, true)
    },
  },
]
