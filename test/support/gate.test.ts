import { expect } from 'chai'

import { deferred, gate } from './gate.js'

describe('gate', () => {
  it('holds whoever waits until it is opened, and nobody afterwards', async () => {
    const door = gate()
    const events: string[] = []
    const walk = async (name: string): Promise<void> => {
      await door.wait()
      events.push(name)
    }
    const walkers = [walk('first'), walk('second')]
    await door.reached
    expect(door.waiting).to.equal(2)
    events.push('opened')
    door.open()
    await Promise.all(walkers)
    await walk('third')
    expect(events).to.deep.equal(['opened', 'first', 'second', 'third'])
    expect(door.waiting).to.equal(0)
  })

  it('is not reached before somebody waits', async () => {
    const door = gate()
    const first = await Promise.race([door.reached.then(() => 'reached'), Promise.resolve('not')])
    expect(first).to.equal('not')
  })
})

describe('deferred', () => {
  it('resolves and rejects from outside, once', async () => {
    const good = deferred<number>()
    good.resolve(1)
    good.resolve(2)
    expect(await good.promise).to.equal(1)

    const failure = new Error('rejected from outside')
    const bad = deferred<number>()
    bad.reject(failure)
    expect(await bad.promise.catch((error: unknown) => error)).to.equal(failure)
  })
})
