import { expect } from 'chai'

import { RedisUnavailableError } from '../../src/errors.js'
import { READ } from '../../src/redis/entry-scripts.js'
import { RedisReplyError } from '../../src/redis/link.js'
import type { LogMessage } from '../../src/tiers/shared-store.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { expectSameReplies } from './expect-same-replies.js'
import { SCHEDULE_SEED } from './schedule-seed.js'
import { type EntryAddress, MINUTE, requestsTo, SEALED } from './store-requests.js'
import {
  CONTRACT_ARGUMENTS,
  modelSubject,
  redisSubject,
  type StoreSubject,
} from './store-subject.js'

/** Enough to meet what single steps do to one another; `npm run test:soak` runs more. */
const TRACES = 150

let server: RedisServer

describe(`RedisStore and its model (SCHEDULE_SEED=${SCHEDULE_SEED})`, () => {
  before(async () => {
    server = await startRedis(CONTRACT_ARGUMENTS)
  })

  after(() => server.stop())

  it('I1-I22: the model, on which the promise is tried, does what Redis does', async function () {
    this.timeout(120_000)
    await expectSameReplies(server, TRACES)
  })

  describe('on Redis', () => contract(() => redisSubject(server)))
  describe('on the model of Redis', () => contract(async () => modelSubject()))
})

function contract(open: () => Promise<StoreSubject>): void {
  let subject: StoreSubject
  let address: EntryAddress

  before(async () => {
    subject = await open()
    address = { hash: subject.names.entry('n', 'e', '1'), field: '1' }
  })

  beforeEach(() => subject.flush())

  afterEach(async () => {
    await subject.fill(false)
  })

  after(() => subject.close())

  const { claim, acquire, store, read, batch, evict, finishPut } = requestsTo(() => ({
    store: subject.store,
    address,
  }))

  it('I1: stores what was loaded under the lease, and refuses it once the key was evicted', async () => {
    expect((await acquire('one')).outcome).to.equal('granted')
    expect(await store('one')).to.equal(true)
    expect((await read()).entry?.sealed).to.deep.equal(SEALED)
    await acquire('two', { seen: (await read()).entry?.stamp })
    expect(await evict()).to.deep.equal({ unconfirmed: [], replicas: 0 })
    expect(await store('two')).to.equal(false)
    expect((await read()).entry).to.equal(undefined)
  })

  it('I22: gives one lease at a time, and to a put also what another one holds', async () => {
    await acquire('one')
    expect(await acquire('two')).to.include({ outcome: 'held', holder: 'one' })
    expect(await subject.store.renew(address, 'two', MINUTE)).to.equal(false)
    expect(await subject.store.renew(address, 'one', MINUTE / 2)).to.equal(true)
    await subject.store.seize(claim('put'))
    expect(await store('one')).to.equal(false)
    await subject.store.release(address, 'one')
    expect(await acquire('two')).to.include({ outcome: 'held', holder: 'put' })
    await subject.store.release(address, 'put')
    expect((await acquire('two')).outcome).to.equal('granted')
  })

  it('I22: a lease that has run out is given to the next, and what its holder brings is refused', async () => {
    await acquire('one', { leaseFor: 20 })
    await subject.pass(25)
    expect((await acquire('two')).outcome).to.equal('granted')
    expect(await store('one')).to.equal(false)
    expect(await store('two')).to.equal(true)
  })

  it('I17: an entry is fresh, then stale, then gone by the clock of the server', async () => {
    await acquire('one')
    await store('one', { freshFor: 20, keptFor: 100_000 })
    await subject.pass(25)
    const { entry } = await read()
    expect(entry?.fresh).to.be.below(0)
    expect(entry?.remaining).to.be.within(1, 100_000)
    await acquire('two', { seen: entry?.stamp })
    await store('two', { freshFor: 20, keptFor: 20 })
    await subject.pass(25)
    expect((await read()).entry).to.equal(undefined)
    expect((await acquire('three')).outcome).to.equal('granted')
  })

  it('S25: no key is without an end', async () => {
    const markers = [subject.names.namespaceMarker('n')]
    await acquire('one', { markers, withClock: true })
    await store('one')
    await subject.store.invalidate(batch({ tags: [subject.names.tagMarker('a')] }))
    const { tagClock, logStream, logTail } = subject.names
    const tag = subject.names.tagMarker('a')
    for (const key of [address.hash, ...markers, tag, tagClock, logStream, logTail]) {
      expect(await subject.timeToLive(key), key).to.be.above(0)
    }
  })

  it('I17: a look-up tells the time of the server with an entry only, which is all it is for', async () => {
    const marker = subject.names.namespaceMarker('n')
    const look = (keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> =>
      subject.evaluate(READ, keys, args)
    const { capture } = await acquire('one', { markers: [marker] })
    const token = Buffer.from(capture.tokens[0] ?? '')
    expect(await look([address.hash, marker], [1, '1', ''])).to.deep.equal([null, null, token])
    expect(await look([marker], [0])).to.deep.equal([null, token])
    await store('one')
    const other = subject.names.entry('n', 'e', '2')
    const found = await look([address.hash, other], [2, '1', '', '1', ''])
    expect(found).to.have.length(3).with.property('2', null)
    expect(found).to.have.property('0').that.is.a('number').above(0)
  })

  it('I2: sends no bytes for an entry that the reader has, and tells two of one instant apart', async () => {
    await acquire('one')
    await store('one')
    const first = (await read()).entry
    const again = (await read({ seen: first?.stamp })).entry
    expect(again?.sealed).to.equal(undefined)
    expect(again?.stamp).to.deep.equal(first?.stamp)
    // The same times and other bytes: what is at the end differs, as a checksum does.
    const value = (await subject.field(address.hash, 'e:1')) ?? Buffer.alloc(0)
    value.writeUInt8((value.at(-1) ?? 0) ^ 1, value.length - 1)
    const times = value.subarray(0, 12)
    await subject.setField(address.hash, 'e:1', value)
    await subject.setField(address.hash, 's:1', Buffer.concat([times, value.subarray(-8)]))
    expect((await read({ seen: first?.stamp })).entry?.sealed).to.not.equal(undefined)
    expect((await acquire('two', { seen: first?.stamp })).outcome).to.equal('found')
  })

  it('I2: an entry has its own stamp beside it, whatever becomes of it, and they go together', async () => {
    const stampBeside = async (): Promise<void> => {
      const value = (await subject.field(address.hash, 'e:1')) ?? Buffer.alloc(0)
      const stamp = Buffer.concat([value.subarray(0, 12), value.subarray(-8)])
      expect(value).to.have.length.above(20)
      expect(await subject.field(address.hash, 's:1')).to.deep.equal(stamp)
    }
    await acquire('one')
    await store('one')
    await stampBeside()
    await subject.pass(1)
    await subject.store.expire(address.hash, 'origin')
    await stampBeside()
    await subject.store.seize(claim('put'))
    await finishPut('put')
    await stampBeside()
    await subject.store.seize(claim('short'))
    await store('short', { freshFor: 20, keptFor: 20 })
    await stampBeside()
    await subject.pass(25)
    await acquire('two', { field: '2' })
    await store('two', { field: '2' })
    expect(await subject.fieldNames(address.hash)).to.have.members(['e:2', 's:2'])
  })

  it('I2: an entry that nobody asks about by its stamp has none, nor that of the one before it', async () => {
    const fields = (): Promise<readonly string[]> => subject.fieldNames(address.hash)
    await acquire('one')
    await store('one')
    const { stamp } = (await read()).entry ?? {}
    await subject.store.seize(claim('two'))
    await store('two', { isStamped: false })
    expect(await fields()).to.deep.equal(['e:1'])
    expect((await read({ seen: stamp })).entry?.sealed).to.not.equal(undefined)
    await subject.store.seize(claim('three'))
    await store('three')
    await subject.store.seize(claim('put'))
    expect(await finishPut('put', { isStamped: false })).to.equal(true)
    expect(await fields()).to.deep.equal(['e:1'])
  })

  it('I2: one eviction reaches every code version, and a put leaves only its own', async () => {
    const other = { ...address, field: '2' }
    await acquire('one')
    await store('one')
    await acquire('two', other)
    await store('two', other)
    expect(await subject.fieldNames(address.hash)).to.have.members([
      ...['e:1', 's:1'],
      ...['e:2', 's:2'],
    ])
    await subject.store.seize(claim('put'))
    expect(await finishPut('put')).to.equal(true)
    expect(await subject.fieldNames(address.hash)).to.have.members(['e:1', 's:1'])
    await evict()
    expect(await subject.fieldNames(address.hash)).to.deep.equal([])
  })

  it('I9: a put whose token is gone removes what is there', async () => {
    await subject.store.seize(claim('early'))
    await subject.store.seize(claim('late'))
    expect(await finishPut('early')).to.equal(false)
    expect(await finishPut('late')).to.equal(false)
    expect((await read()).entry).to.equal(undefined)
  })

  it('I13: what was expired is stale under every code version, and its loads are refused', async () => {
    await acquire('one')
    await store('one')
    await acquire('two', { ...address, field: '2' })
    await subject.pass(1)
    await subject.store.expire(address.hash, 'origin')
    expect((await read()).entry?.fresh).to.be.at.most(0)
    expect((await read()).entry?.sealed).to.deep.equal(SEALED)
    expect(await store('two', { field: '2' })).to.equal(false)
  })

  it('I7: refuses tags that were invalidated since the capture, and those of which it cannot know', async () => {
    const { names, store: shared } = subject
    const [a, b] = [names.tagMarker('a'), names.tagMarker('b')]
    const capture = async (): Promise<string> =>
      (await shared.seize(claim('c', { withClock: true }))).clock
    const first = await capture()
    const stamped = await shared.stampTags(first, [a, b], MINUTE)
    expect(stamped).to.have.length(2)
    expect(await shared.readTags([a, b])).to.deep.equal(stamped)
    await shared.invalidate(batch({ tags: [a] }))
    expect(await shared.stampTags(first, [a], MINUTE)).to.equal(undefined)
    expect(await shared.stampTags(first, [b], MINUTE)).to.deep.equal(stamped?.slice(1))
    // A marker that is lost may have been the one that was invalidated.
    await subject.remove(b)
    expect(await shared.stampTags(first, [b], MINUTE)).to.equal(undefined)
    expect(await shared.stampTags(await capture(), [b], MINUTE)).to.have.length(1)
    await subject.remove(names.tagClock)
    const later = await capture()
    expect(await shared.stampTags(first, [b], MINUTE)).to.equal(undefined)
    expect(await shared.stampTags(later, [b], MINUTE)).to.have.length(1)
    expect(await shared.stampTags('rubbish', [b], MINUTE)).to.equal(undefined)
  })

  it('I16: a marker that is missing has no token, and gets a new one with the next lease', async () => {
    const markers = [subject.names.namespaceMarker('n'), subject.names.entryMarker('n', 'e')]
    const { capture } = await acquire('one', { markers })
    expect((await read({ markers })).tokens).to.deep.equal(capture.tokens)
    await subject.remove(markers[0] ?? '')
    expect((await read({ markers })).tokens).to.deep.equal([undefined, capture.tokens[1]])
    const next = (await acquire('two', { markers })).capture
    expect(next.tokens[0]).to.have.length(16).and.not.equal(capture.tokens[0])
    expect(next.tokens[1]).to.equal(capture.tokens[1])
  })

  it('F40: squatters on all of our keys make misses, and no evict fails', async () => {
    const { names, store: shared, log } = subject
    const markers = [names.namespaceMarker('n')]
    const tags = [names.tagMarker('a')]
    const keys = [address.hash, ...markers, ...tags, names.tagClock, names.logStream, names.logTail]
    for (const key of keys) await subject.squat(key)
    expect(await read({ markers })).to.deep.equal({ entry: undefined, tokens: [undefined] })
    expect(await shared.readTags(tags)).to.deep.equal([undefined])
    expect(await shared.stampTags('epoch:0', tags, MINUTE)).to.equal(undefined)
    const reply = await shared.invalidate(batch({ keys: [address.hash], markers, tags }))
    expect(reply.unconfirmed).to.deep.equal([])
    for (const key of keys) await subject.squat(key)
    expect((await acquire('one', { markers, withClock: true })).outcome).to.equal('granted')
    for (const key of keys) await subject.squat(key)
    expect(await finishPut('one')).to.equal(false)
    for (const key of keys) await subject.squat(key)
    await shared.expire(address.hash, 'origin')
    for (const key of keys) await subject.squat(key)
    expect((await log.attach()).id).to.equal('0-0')
  })

  it('F37: rubbish where an entry or a lease belongs makes a miss, and is replaced', async () => {
    for (const text of ['', 'x', 'twelve bytes', 'thirteen byte', '\0'.repeat(40)]) {
      await subject.setField(address.hash, 'e:1', Buffer.from(text))
      await subject.setField(address.hash, 'l:1', Buffer.from(text))
      const seen = Buffer.from('stamp of another entry')
      const { entry } = await read({ seen })
      // What looks like an entry that lives is for the reader to judge, by its checksum.
      if (text.length <= 12) expect(entry, text).to.equal(undefined)
      const acquired = await acquire('one', { seen: entry?.stamp })
      expect(acquired.outcome, text).to.equal('granted')
      expect(await store('one'), text).to.equal(true)
    }
  })

  it('F19: at full memory invalidations are carried out and told, reads hit, and fills are refused', async () => {
    const { names, store: shared, log } = subject
    const markers = [names.namespaceMarker('n')]
    const tags = [names.tagMarker('a')]
    const { capture } = await acquire('one', { markers, withClock: true })
    await store('one')
    await shared.stampTags(capture.clock, tags, MINUTE)
    const position = await log.attach()
    await subject.fill(true)

    expect((await read({ markers })).entry?.sealed).to.deep.equal(SEALED)
    expect((await acquire('two', { markers })).outcome).to.equal('found')
    const other = { ...address, hash: names.entry('n', 'e', '2') }
    expect(await refusalOf(acquire('two', other))).to.equal('RedisUnavailableError')
    expect(await refusalOf(shared.seize(claim('two', other)))).to.equal('RedisUnavailableError')
    expect(
      await refusalOf(shared.stampTags(capture.clock, [names.tagMarker('b')], MINUTE)),
    ).to.equal('OOM')
    const reply = await shared.invalidate(batch({ keys: [address.hash], markers, tags }))
    expect(reply.unconfirmed).to.deep.equal([])
    await shared.expire(other.hash, 'origin')
    expect(await finishPut('three')).to.equal(false)
    const messages = await log.readAfter(position.id, 1)
    expect(messages.map(({ names: told }) => told)).to.deep.equal([
      [address.hash, ...markers, ...tags],
      [other.hash],
      [address.hash],
    ])
    expect((await read({ markers })).entry).to.equal(undefined)
    expect((await read({ markers })).tokens).to.not.deep.equal(capture.tokens)
  })

  it('F19: at full memory a lease is neither prolonged nor used', async () => {
    await acquire('one')
    await subject.fill(true)
    expect(await refusalOf(subject.store.renew(address, 'one', MINUTE))).to.equal('OOM')
    expect(await refusalOf(store('one'))).to.equal('OOM')
    expect(await finishPut('one')).to.equal(false)
    await subject.store.release(address, 'one')
    expect((await read()).entry).to.equal(undefined)
  })

  it('F21: when Redis refuses all writes, no target is confirmed and nothing changes', async () => {
    const markers = [subject.names.namespaceMarker('n')]
    const { capture } = await acquire('one', { markers })
    await store('one')
    await subject.misconfigure(true)
    const reply = await subject.store.invalidate(batch({ keys: [address.hash], markers }))
    expect(reply.unconfirmed).to.deep.equal([address.hash, ...markers])
    expect(await refusalOf(subject.store.expire(address.hash, 'origin'))).to.equal('MISCONF')
    const { entry, tokens } = await read({ markers })
    expect(entry?.sealed).to.deep.equal(SEALED)
    expect(tokens).to.deep.equal(capture.tokens)
    await subject.misconfigure(false)
  })

  it('I31: hundreds of keys and scopes of one tick each get their own reply', async () => {
    const { names, store: shared } = subject
    const numbers = Array.from({ length: 300 }, (_, index) => String(index))
    const place = (number: string) => ({
      hash: names.entry('n', 'e', number),
      markers: [names.scopeMarker('n', number)],
    })
    const granted = await Promise.all(numbers.map((number) => acquire(number, place(number))))
    expect(new Set(granted.map(({ capture }) => capture.tokens[0])).size).to.equal(300)
    await Promise.all(
      numbers.map((number) =>
        store(number, { ...place(number), sealed: Buffer.from(`sealed ${number}`) }),
      ),
    )
    const found = await Promise.all(numbers.map((number) => read(place(number))))
    expect(found.map(({ entry }) => String(entry?.sealed))).to.deep.equal(
      numbers.map((number) => `sealed ${number}`),
    )
    expect(found.map(({ tokens }) => tokens)).to.deep.equal(
      granted.map(({ capture }) => capture.tokens),
    )
    const keys = numbers.map((number) => place(number).hash)
    expect((await shared.invalidate(batch({ keys }))).unconfirmed).to.deep.equal([])
    const left = await Promise.all(numbers.map((number) => read(place(number))))
    expect(left.filter(({ entry }) => entry !== undefined)).to.deep.equal([])
  })

  it('C36: reads more markers than the stack of Lua holds', async () => {
    const tags = Array.from({ length: 9_000 }, (_, index) => subject.names.tagMarker(String(index)))
    await subject.store.invalidate(batch({ tags: tags.slice(-1) }))
    const tokens = await subject.store.readTags(tags)
    expect(tokens).to.have.length(9_000)
    expect(tokens.at(-1)).to.have.length(16)
    expect(tokens.filter((token) => token !== undefined)).to.have.length(1)
  })

  it('I21: each message names the one before it, and the tail names the last', async () => {
    const { store: shared, log, names } = subject
    const position = await log.attach()
    expect(await log.tail()).to.equal(position.tail)
    await evict()
    await shared.invalidate(batch({ markers: [names.namespaceMarker('n')] }))
    await finishPut('none')
    await shared.expire(address.hash, 'origin')
    const messages = await log.readAfter(position.id, 1)
    expect(chainOf(messages)).to.deep.equal([position.tail, ...messages.map(({ token }) => token)])
    expect(await log.tail()).to.equal(messages.at(-1)?.token)
    expect(messages.map(({ origin }) => origin)).to.deep.equal(Array(4).fill('origin'))
    expect(await log.attach()).to.deep.equal({
      id: messages.at(-1)?.id,
      tail: messages.at(-1)?.token,
    })
  })

  it('I21: a flush leaves no tail, and the chain begins anew', async () => {
    const { log } = subject
    const position = await log.attach()
    await subject.flush()
    expect(await log.tail()).to.equal(undefined)
    await evict()
    const [message] = await log.readAfter(position.id, 1)
    expect(message?.previous).to.equal('')
  })

  it('I21: a lost tail is made anew when a reader comes, and breaks the chain for the others', async () => {
    const { log, names } = subject
    const position = await log.attach()
    await subject.remove(names.logTail)
    const again = await log.attach()
    expect(again.tail).to.have.length(16).and.not.equal(position.tail)
    await evict()
    const [message] = await log.readAfter(position.id, 1)
    expect(message?.previous).to.equal(again.tail)
  })
}

function chainOf(messages: readonly LogMessage[]): string[] {
  const [first] = messages
  return [
    first?.previous ?? '',
    ...messages.slice(1).map(({ previous }) => previous),
    messages.at(-1)?.token ?? '',
  ]
}

/** How a promise fails: the first word of Redis' error, or the name of ours. */
async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    if (error instanceof RedisReplyError) return error.reply
    return error instanceof RedisUnavailableError ? error.name : String(error)
  }
}
