import { expect } from 'chai'

import { eventually } from './eventually.js'

describe('eventually', () => {
  it('returns the first truthy answer', async () => {
    let looks = 0
    const answer = await eventually(() => {
      looks += 1
      return looks === 3 ? 'third' : ''
    })
    expect([answer, looks]).to.deep.equal(['third', 3])
  })

  it('takes a condition that throws for one that does not hold yet', async () => {
    let looks = 0
    const condition = async (): Promise<boolean> => {
      looks += 1
      if (looks === 1) throw new Error('not there yet')
      return true
    }
    expect(await eventually(condition)).to.equal(true)
  })

  it('gives up at the deadline, and says on what and why', async () => {
    const cause = new Error('still not there')
    const condition = (): boolean => {
      throw cause
    }
    const outcome = await eventually(condition, 30, 'a sunny day').catch((error: unknown) => error)
    expect(outcome).to.be.an('error').with.property('message', 'not within 30 ms: a sunny day')
    expect(outcome).to.have.property('cause', cause)
  })
})
