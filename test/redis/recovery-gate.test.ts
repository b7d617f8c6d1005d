import { expect } from 'chai'

import { Recovery } from '../../src/redis/recovery.js'
import { RecoveryGate } from '../../src/redis/recovery-gate.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

/** Recoveries that end when they are told to, in the order in which they began. */
class HeldRecoveries {
  readonly recovery = new Recovery(new FakeClock())
  readonly begun: string[] = []
  readonly #ends: (() => void)[] = []

  constructor() {
    this.recovery.onRecover((change) => {
      this.begun.push(change)
      return new Promise((resolve) => {
        this.#ends.push(resolve)
      })
    })
  }

  end(): void {
    this.#ends.shift()?.()
  }
}

describe('RecoveryGate', () => {
  let held: HeldRecoveries

  beforeEach(() => {
    held = new HeldRecoveries()
  })

  it('I20: has nobody wait at the first connection, and everybody at each change after it', async () => {
    const gate = new RecoveryGate(held.recovery, false)
    const first = gate.changed()
    expect(gate.isShut).to.equal(false)
    held.end()
    await first
    const second = gate.changed()
    expect(gate.isShut).to.equal(true)
    held.end()
    await second
    expect(gate.isShut).to.equal(false)
    expect(held.begun).to.deep.equal(['changed', 'changed'])
  })

  it('I20: has everybody wait for a server that has taken over until all was repeated there', async () => {
    const gate = new RecoveryGate(held.recovery, true)
    expect(gate.isShut).to.equal(true)
    const only = gate.changed()
    held.end()
    await only
    expect(gate.isShut).to.equal(false)
  })

  it('I20: stays shut until the last of several changes was repeated', async () => {
    const gate = new RecoveryGate(held.recovery, true)
    const both = [gate.changed(), gate.changed()]
    held.end()
    await both[0]
    expect(gate.isShut).to.equal(true)
    held.end()
    await both[1]
    expect(gate.isShut).to.equal(false)
  })

  it('repeats what was not confirmed after a reconnection, unless everything is being repeated', async () => {
    const gate = new RecoveryGate(held.recovery, false)
    const change = gate.changed()
    gate.reconnected()
    held.end()
    await change
    gate.reconnected()
    expect(held.begun).to.deep.equal(['changed', 'same'])
    expect(gate.isShut).to.equal(false)
  })
})
