import { expect } from 'chai'

import { Recovery } from '../../src/redis/recovery.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

describe('Recovery', () => {
  it('I20: is over when all handlers are', async () => {
    const clock = new FakeClock()
    const recovery = new Recovery(clock)
    const heard: string[] = []
    recovery.onRecover(async (change) => {
      heard.push(`first ${change}`)
    })
    recovery.onRecover(async (change) => {
      await Promise.resolve()
      heard.push(`second ${change}`)
    })
    await recovery.run('changed')
    expect(heard).to.deep.equal(['first changed', 'second changed'])
    expect(clock.pending).to.equal(0)
  })

  it('waits no longer than half a second for a handler that hangs', async () => {
    const clock = new FakeClock()
    const recovery = new Recovery(clock)
    recovery.onRecover(() => new Promise(() => undefined))
    let isOver = false
    void recovery.run('same').then(() => {
      isOver = true
    })
    await clock.advance(499)
    expect(isOver).to.equal(false)
    await clock.advance(1)
    expect(isOver).to.equal(true)
  })

  it('is over when a handler fails, and does not fail itself', async () => {
    const recovery = new Recovery(new FakeClock())
    recovery.onRecover(() => Promise.reject(new Error('no')))
    recovery.onRecover(() => {
      throw new Error('no')
    })
    await recovery.run('same')
  })
})
