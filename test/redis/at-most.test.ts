import { expect } from 'chai'

import { AtMost } from '../../src/redis/at-most.js'
import { type Deferred, deferred } from '../support/gate.js'

describe('AtMost', () => {
  it('begins at once where there is room, and the others in their order when one has ended', async () => {
    const room = new AtMost(2)
    const begun: number[] = []
    const ends: Deferred<number>[] = []
    const tasks = [0, 1, 2, 3].map((index) =>
      room.run(() => {
        begun.push(index)
        const end = deferred<number>()
        ends[index] = end
        return end.promise
      }),
    )
    const failed = tasks[1]?.catch((error: unknown) => error)
    expect(begun).to.deep.equal([0, 1])
    // One that fails makes room as well.
    const error = new RangeError('refused')
    ends[1]?.reject(error)
    expect(await failed).to.equal(error)
    expect(begun).to.deep.equal([0, 1, 2])
    ends[2]?.resolve(2)
    expect(await tasks[2]).to.equal(2)
    expect(begun).to.deep.equal([0, 1, 2, 3])
    ends[0]?.resolve(0)
    ends[3]?.resolve(3)
    expect(await Promise.all([tasks[0], tasks[3]])).to.deep.equal([0, 3])
  })
})
