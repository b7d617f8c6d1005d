import type { SinonSandbox } from 'sinon'

import { EntryContext } from '../../src/engine/entry-context.js'
import { Fences } from '../../src/engine/fences.js'
import { Markers } from '../../src/engine/markers.js'
import { EntrySealer } from '../../src/engine/entry-sealer.js'
import { SharedReader } from '../../src/engine/shared-reader.js'
import { LogConnection } from '../../src/redis/log-connection.js'
import { RedisStore } from '../../src/redis/redis-store.js'
import type { AcquireRequest, Capture } from '../../src/tiers/shared-store.js'
import { MemoryTier } from '../../src/tiers/memory-tier.js'
import { createSealer } from '../../src/values/sealer.js'

const sealer = createSealer({})

/** Has the reader take tokens for the ones that the entry was stored under, where `which` says so. */
export function believing(
  sandbox: SinonSandbox,
  which: (token: string | undefined) => boolean,
): void {
  const fingerprints = new Map<string, string>()
  const { fingerprintOf } = EntryContext.prototype
  sandbox.stub(EntryContext.prototype, 'fingerprintOf').callsFake(function (
    this: EntryContext,
    key,
  ) {
    const fingerprint = fingerprintOf.call(this, key)
    // Whoever stored it has asked for it before anybody reads it.
    fingerprints.set(key, fingerprint)
    return fingerprint
  })
  const { judge } = SharedReader.prototype
  sandbox.stub(SharedReader.prototype, 'judge').callsFake(function (
    this: SharedReader,
    reader,
    id,
    entry,
    tokens,
    known,
  ) {
    const fingerprint = fingerprints.get(reader.key)
    const opened = entry.sealed && fingerprint && sealer.open(fingerprint, entry.sealed)
    const own = typeof opened === 'object' ? opened.header.tokens : known?.shared?.tokens
    const believed = tokens.map((token, index) => (which(token) ? own?.[index] : token))
    return judge.call(this, reader, id, entry, believed, known)
  })
}

/** Has fences, markers and memory not listen while `isDeaf` is set. */
export function deafen(sandbox: SinonSandbox): { isDeaf: boolean } {
  const state = { isDeaf: false }
  const { invalidate } = Markers.prototype
  const { deleteId } = MemoryTier.prototype
  const fencesBreak = Fences.prototype.break
  sandbox.stub(Markers.prototype, 'invalidate').callsFake(function (this: Markers, name, isTag) {
    if (!state.isDeaf) invalidate.call(this, name, isTag)
  })
  sandbox.stub(MemoryTier.prototype, 'deleteId').callsFake(function (this: MemoryTier, id) {
    return state.isDeaf ? undefined : deleteId.call(this, id)
  })
  sandbox.stub(Fences.prototype, 'break').callsFake(function (this: Fences, id) {
    if (!state.isDeaf) fencesBreak.call(this, id)
  })
  return state
}

/** Sets `isDeaf` while the synchronous part of a method runs. */
export function during<Name extends string>(
  sandbox: SinonSandbox,
  prototype: Record<Name, (...args: never[]) => unknown>,
  name: Name,
  state: { isDeaf: boolean },
): void {
  const method = prototype[name] as (...args: unknown[]) => unknown
  sandbox.stub(prototype, name).callsFake(function (this: unknown, ...args: unknown[]) {
    state.isDeaf = true
    try {
      return method.apply(this, args)
    } finally {
      state.isDeaf = false
    }
  })
}

/**
 * The token of the last message that each reader of the log has got. Where `isChained`, every message
 * is given for the one that follows it.
 */
export function lastConsumed(
  sandbox: SinonSandbox,
  isChained: boolean,
): WeakMap<LogConnection, string> {
  const last = new WeakMap<LogConnection, string>()
  const { attach, readAfter } = LogConnection.prototype
  sandbox.stub(LogConnection.prototype, 'attach').callsFake(async function (this: LogConnection) {
    const position = await attach.call(this)
    last.set(this, position.tail)
    return position
  })
  sandbox.stub(LogConnection.prototype, 'readAfter').callsFake(async function (
    this: LogConnection,
    id,
    block,
  ) {
    const messages = await readAfter.call(this, id, block)
    return messages.map((message) => {
      const previous = last.get(this) ?? ''
      last.set(this, message.token)
      return isChained ? { ...message, previous } : message
    })
  })
  return last
}

/** Has what is stored carry the tokens that are current when it is stored. */
export function sealingLate(sandbox: SinonSandbox): void {
  const requests = new WeakMap<Capture, { store: RedisStore; request: AcquireRequest }>()
  const { acquire } = RedisStore.prototype
  sandbox.stub(RedisStore.prototype, 'acquire').callsFake(async function (
    this: RedisStore,
    request,
  ) {
    const reply = await acquire.call(this, request)
    requests.set(reply.capture, { store: this, request })
    return reply
  })
  const { seal } = EntrySealer.prototype
  sandbox.stub(EntrySealer.prototype, 'seal').callsFake(async function (
    this: EntrySealer,
    key,
    position,
    lease,
    prepared,
  ) {
    const { store, request } = requests.get(lease.capture) ?? {}
    const { hash = '', field = '', markers = [] } = request ?? {}
    const current = (await store?.read({ hash, field, markers }))?.tokens ?? []
    const tokens = lease.capture.tokens.map((token, index) => current[index] ?? token)
    return seal.call(
      this,
      key,
      position,
      { ...lease, capture: { ...lease.capture, tokens } },
      prepared,
    )
  })
}
