import { CachedEntry } from '../../src/engine/cached-entry.js'
import { EntryContext } from '../../src/engine/entry-context.js'
import { Fences } from '../../src/engine/fences.js'
import { Filler } from '../../src/engine/filler.js'
import { Invalidator } from '../../src/engine/invalidator.js'
import { Keeper } from '../../src/engine/keeper.js'
import { Markers } from '../../src/engine/markers.js'
import { PutOperation } from '../../src/engine/put-operation.js'
import { UnitOfWork } from '../../src/engine/unit-of-work.js'
import { RedisStore } from '../../src/redis/redis-store.js'
import type { Capture } from '../../src/tiers/shared-store.js'
import { believing, deafen, during, sealingLate } from './mutations.js'
import { DENSE, type Mutant, PLAIN } from './mutant.js'

/** The engine with one rule left out. */
export const ENGINE_MUTANTS: readonly Mutant[] = [
  {
    rule: 'I1: an invalidation breaks the fences of its key',
    focus: { ...PLAIN, kinds: ['read', 'evict'] },
    within: 300,
    apply: (sandbox) => {
      sandbox.stub(Fences.prototype, 'break')
    },
  },
  {
    rule: 'I6: what a marker stands for ends when the marker changes',
    focus: { ...PLAIN, kinds: ['read', 'clear-namespace', 'clear-entry'] },
    within: 200,
    apply: (sandbox) => {
      sandbox.stub(Markers.prototype, 'unchangedSince').returns(true)
    },
  },
  {
    rule: 'I3: a flight with a broken fence is not joined',
    focus: { ...PLAIN, kinds: ['read', 'evict'], consistency: 'bounded' },
    within: 500,
    apply: (sandbox) => {
      sandbox.stub(Filler.prototype, 'isJoinable').returns(true)
    },
  },
  {
    rule: 'I7: a load whose tags are unknown is not joined after any tag was invalidated',
    focus: { ...PLAIN, kinds: ['read', 'invalidate-tag'], isTagged: true, consistency: 'bounded' },
    within: 1_000,
    apply: (sandbox) => {
      const { invalidate } = Markers.prototype
      sandbox.stub(Markers.prototype, 'invalidate').callsFake(function (
        this: Markers,
        name,
        isTag,
      ) {
        invalidate.call(this, name, isTag)
        this.tagsChangedAt = 0
      })
    },
  },
  {
    rule: 'I4: an invalidation breaks fences and memory again after the reply of Redis',
    focus: { ...PLAIN, kinds: ['read', 'evict'], consistency: 'bounded' },
    within: 300,
    apply: (sandbox) => {
      during(sandbox, Invalidator.prototype, 'settle', deafen(sandbox))
    },
  },
  {
    rule: 'I4: memory takes in nothing behind a broken fence',
    focus: { ...DENSE, kinds: ['read', 'look-up', 'evict'], consistency: 'bounded', isSlow: false },
    within: 1_000,
    apply: (sandbox) => {
      const { isCurrent } = Keeper.prototype
      sandbox.stub(Keeper.prototype, 'isCurrent').callsFake(function (this: Keeper, entry) {
        return isCurrent.call(this, entry, true)
      })
    },
  },
  {
    rule: 'I6: an entry is served only under the tokens it was stored under',
    focus: { ...PLAIN, kinds: ['read', 'clear-namespace', 'clear-entry'] },
    within: 200,
    apply: (sandbox) => {
      believing(sandbox, () => true)
    },
  },
  {
    rule: 'I16: a missing marker is a miss',
    focus: { ...DENSE, kinds: ['read', 'clear-namespace'], faults: ['lose-marker'] },
    within: 1_000,
    apply: (sandbox) => {
      believing(sandbox, (token) => token === undefined)
    },
  },
  {
    rule: 'I8: a put breaks the fences of loads that run, and removes what memory has',
    focus: { ...PLAIN, kinds: ['read', 'put'], consistency: 'bounded' },
    within: 500,
    apply: (sandbox) => {
      const state = deafen(sandbox)
      during(sandbox, PutOperation.prototype, 'finish', state)
      during(sandbox, Invalidator.prototype, 'settle', state)
    },
  },
  {
    rule: 'I2: an invalidation is told to other processes',
    focus: { ...PLAIN, kinds: ['read', 'evict'], consistency: 'bounded' },
    within: 200,
    apply: (sandbox) => {
      sandbox.stub(Invalidator.prototype, 'applyRemote')
    },
  },
  {
    rule: 'I7: a token is remembered only if nothing has changed since the read of it began',
    focus: { ...PLAIN, kinds: ['read', 'invalidate-tag'], isTagged: true, consistency: 'bounded' },
    within: 1_000,
    apply: (sandbox) => {
      sandbox.stub(Markers.prototype, 'remember').callsFake(function (
        this: Markers,
        marker,
        token,
      ) {
        marker.token = token
        marker.tokenAt = this.position
      })
    },
  },
  {
    rule: 'I3: a strict reader joins a load only under the tokens that are current',
    focus: {
      ...DENSE,
      kinds: ['read', 'clear-namespace'],
      faults: ['silent-log'],
      consistency: 'strict',
      isSlow: true,
      isHasty: false,
    },
    within: 5_000,
    apply: (sandbox) => {
      const granted = new Map<string, Capture>()
      const { acquire } = RedisStore.prototype
      sandbox.stub(RedisStore.prototype, 'acquire').callsFake(async function (
        this: RedisStore,
        request,
      ) {
        const reply = await acquire.call(this, request)
        if (reply.outcome === 'granted') granted.set(request.token, reply.capture)
        if (reply.outcome !== 'held') return reply
        return { ...reply, capture: granted.get(reply.holder) ?? reply.capture }
      })
    },
  },
  {
    rule: 'I2: a strict entry is answered only after Redis was asked',
    focus: {
      ...DENSE,
      kinds: ['read', 'evict'],
      faults: ['silent-log'],
      consistency: 'strict',
      versions: ['1'],
      isSlow: false,
    },
    within: 1_000,
    apply: (sandbox) => {
      const { read } = CachedEntry.prototype
      sandbox.stub(CachedEntry.prototype, 'read').callsFake(function (this: CachedEntry, ...call) {
        const entry = this.context.parts.memory.get(call[0])
        return entry === undefined ? read.apply(this, call) : Promise.resolve(entry.stored.take())
      })
    },
  },
  {
    rule: 'I6: an entry carries the tokens of before its load, not those of its store',
    focus: { ...PLAIN, kinds: ['read', 'clear-namespace'] },
    within: 500,
    apply: (sandbox) => {
      sealingLate(sandbox)
    },
  },
  {
    rule: 'I6: an entry carries the marker of its scope',
    focus: { ...PLAIN, kinds: ['read', 'clear-scope'], isScoped: true },
    within: 200,
    apply: (sandbox) => {
      const { markersOf } = EntryContext.prototype
      sandbox.stub(EntryContext.prototype, 'markersOf').callsFake(function (
        this: EntryContext,
        scope,
      ) {
        return markersOf.call(this, scope).slice(0, 2)
      })
    },
  },
  {
    rule: 'I27: a key is one of its scope',
    focus: { ...PLAIN, kinds: ['read'], isScoped: true },
    within: 200,
    apply: (sandbox) => {
      const { keyOf } = CachedEntry.prototype
      sandbox.stub(CachedEntry.prototype, 'keyOf').callsFake(function (this: CachedEntry, args) {
        return keyOf.call(this, args, undefined)
      })
    },
  },
  {
    rule: 'I11: a unit of work reads nothing that it has changed',
    focus: { ...PLAIN, kinds: ['read', 'unit'], consistency: 'bounded' },
    within: 500,
    apply: (sandbox) => {
      sandbox.stub(UnitOfWork.prototype, 'touches').returns(false)
    },
  },
]
