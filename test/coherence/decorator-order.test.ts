import { AsyncResource } from 'node:async_hooks'

import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { type Gate, gate } from '../support/gate.js'
import { Row } from './row.js'
import { type Actor, KINDS, Stage } from './stage.js'

@CacheConfig({ namespace: 'accounts' })
class Accounts {
  readonly rows = new Map<string, Row>()
  /** Where the next change waits once it has changed the row. */
  held: Gate | undefined

  row(id: string): Row {
    let row = this.rows.get(id)
    if (row === undefined) {
      row = new Row()
      this.rows.set(id, row)
    }
    return row
  }

  @Cached({ tags: (_version: number, id: string) => [`account:${id}`] })
  async balance(id: string): Promise<number> {
    return this.row(id).load()
  }

  @CacheEvict({ entry: 'balance' })
  async update(id: string): Promise<void> {
    await this.change(id)
  }

  @CacheEvict({ tags: (id: string) => [`account:${id}`] })
  async updateByTag(id: string): Promise<void> {
    await this.change(id)
  }

  @CachePut({ entry: 'balance' })
  async replace(id: string): Promise<number> {
    await this.change(id)
    return this.row(id).version
  }

  @CacheEvict({ entry: 'balance', beforeInvocation: true })
  async announced(id: string): Promise<void> {
    await this.change(id)
  }

  @CacheEvict({ entry: 'balance' })
  async refuse(_id: string): Promise<void> {
    throw new RangeError('refused')
  }

  /** Changes the row and fails all the same, as when the connection breaks at the commit. */
  @CacheEvict({ entry: 'balance', beforeInvocation: true })
  async announcedInVain(id: string): Promise<void> {
    await this.change(id)
    throw new RangeError('refused')
  }

  @CachePut({ entry: 'balance' })
  async refuseToReplace(_id: string): Promise<number> {
    throw new RangeError('refused')
  }

  private async change(id: string): Promise<void> {
    this.row(id).version += 1
    await this.held?.wait()
  }
}

describe('The order of decorators', () => {
  const stage = new Stage()

  before(() => stage.open())

  after(() => stage.close())

  for (const kind of KINDS) {
    const woven = async (): Promise<{ actor: Actor; accounts: Accounts; id: string }> => {
      stage.next()
      const actor = await stage.one(kind)
      const accounts = actor.cache.weave(new Accounts())
      // The pairs and their class are shared by the tests, so each has an account of its own.
      return { actor, accounts, id: actor.rows.name }
    }

    it(`I10: 10,000 reads in the line after an update see it (${kind})`, async function () {
      this.timeout(30_000)
      const { accounts, id } = await woven()
      const updates = ['update', 'updateByTag', 'replace'] as const
      let stale = 0
      let reads = 0
      const run = async (account: string): Promise<void> => {
        for (let round = 0; round < 100; round += 1) {
          await accounts[updates[round % 3] ?? 'update'](account)
          const seen = await accounts.balance(account)
          reads += 1
          if (seen !== accounts.row(account).version) stale += 1
        }
      }
      await Promise.all(Array.from({ length: 100 }, (_, index) => run(`${id}:${index}`)))
      expect({ stale, reads }).to.deep.equal({ stale: 0, reads: 10_000 })
    })

    it(`I10: a method that throws changes nothing (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      await accounts.balance(id)
      await actor.settled()
      for (const refuse of ['refuse', 'refuseToReplace'] as const) {
        const thrown = await accounts[refuse](id).catch((error: unknown) => error)
        expect(thrown).to.be.instanceOf(RangeError)
      }
      expect(await accounts.balance(id)).to.equal(1)
      expect(accounts.row(id).loads).to.equal(1)
    })

    it(`I10: what is loaded while the method runs is evicted before it resolves (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      for (const method of ['update', 'announced', 'replace'] as const) {
        const { version } = accounts.row(id)
        const load = accounts.row(id).hold()
        const early = accounts.balance(id)
        await load.reached
        await accounts[method](id)
        load.open()
        expect(await early).to.equal(version)
        await actor.settled()
        expect(await accounts.balance(id)).to.equal(version + 1)
        await accounts.update(id)
      }
    })

    it(`I10: beforeInvocation evicts before, and what was loaded meanwhile after (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      await accounts.balance(id)
      await actor.settled()
      const row = accounts.row(id)
      const changed = gate()
      accounts.held = changed
      const change = accounts.announced(id)
      await changed.reached
      await accounts.balance(id)
      expect(row.loads).to.equal(2)
      await actor.settled()
      changed.open()
      await change
      expect(await accounts.balance(id)).to.equal(2)
      expect(row.loads).to.equal(3)
    })

    it(`I11: a unit of work evicts when it has ended, and reads past the cache inside (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      const row = accounts.row(id)
      expect(await accounts.balance(id)).to.equal(1)
      await actor.settled()
      await actor.cache.unitOfWork(async () => {
        await accounts.update(id)
        expect(await accounts.balance(id)).to.equal(2)
        expect(row.loads).to.equal(2)
      })
      expect(await accounts.balance(id)).to.equal(2)
      expect(row.loads).to.equal(3)
    })

    it(`I11: a unit of work fences what others loaded before its commit (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      const row = accounts.row(id)
      const load = row.hold()
      let early: Promise<number> | undefined
      // A request of somebody else, which is no part of the unit.
      const elsewhere = new AsyncResource('request')
      await actor.cache.unitOfWork(async () => {
        await actor.cache.entryOf(accounts, 'balance').evict(id)
        early = elsewhere.runInAsyncScope(() => accounts.balance(id))
        await load.reached
        row.version = 2
      })
      load.open()
      expect(await early).to.equal(1)
      await actor.settled()
      expect(await accounts.balance(id)).to.equal(2)
    })

    it(`I10: beforeInvocation evicts also what was loaded while the method failed (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      const held = gate()
      accounts.held = held
      const update = accounts.announcedInVain(id).catch((error: unknown) => error)
      await held.reached
      accounts.row(id).version = 1
      expect(await accounts.balance(id)).to.equal(1)
      await actor.settled()
      accounts.row(id).version = 2
      held.open()
      expect(await update).to.be.instanceOf(RangeError)
      expect(await accounts.balance(id)).to.equal(2)
    })

    it(`I11: a unit of work that throws evicts all the same (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      await accounts.balance(id)
      await actor.settled()
      const failure = new RangeError('the commit was lost')
      const unit = actor.cache.unitOfWork(async () => {
        await accounts.update(id)
        throw failure
      })
      expect(await unit.catch((error: unknown) => error)).to.equal(failure)
      expect(await accounts.balance(id)).to.equal(2)
    })

    it(`I11: a unit of work that throws stores no put, and evicts its key (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      await accounts.balance(id)
      await actor.settled()
      const failure = new RangeError('rolled back')
      const unit = actor.cache.unitOfWork(async () => {
        await accounts.replace(id)
        throw failure
      })
      expect(await unit.catch((error: unknown) => error)).to.equal(failure)
      await actor.settled()
      const row = accounts.row(id)
      // Neither what was put nor what was there before: nobody knows which of them the database holds.
      row.version = 3
      const loads = row.loads
      expect(await accounts.balance(id)).to.equal(3)
      expect(row.loads).to.equal(loads + 1)
    })

    it(`I11: a unit of work stores its puts when it has ended, and not before (${kind})`, async () => {
      const { actor, accounts, id } = await woven()
      const row = accounts.row(id)
      await actor.cache.unitOfWork(async () => {
        await accounts.replace(id)
        expect(await accounts.balance(id)).to.equal(2)
        expect(row.loads).to.equal(1)
      })
      await actor.settled()
      expect(await accounts.balance(id)).to.equal(2)
      expect(row.loads).to.equal(1)
    })
  }
})
