import { expect } from 'chai'
import fc from 'fast-check'

import { readLogMessages } from '../../src/redis/log-message.js'

describe('readLogMessages', () => {
  it('reads messages in their order', () => {
    const reply = streamOf(
      ['1-1', 't', 'a', 'p', '', 'o', 'me', 'n', '["x","y"]'],
      ['1-2', 't', 'b', 'p', 'a', 'o', 'you', 'n', '[]'],
    )
    expect(readLogMessages(reply)).to.deep.equal([
      { id: '1-1', token: 'a', previous: '', origin: 'me', names: ['x', 'y'] },
      { id: '1-2', token: 'b', previous: 'a', origin: 'you', names: [] },
    ])
  })

  it('reads no message where there is none', () => {
    expect(readLogMessages(null)).to.deep.equal([])
    expect(readLogMessages([[Buffer.from('log'), []]])).to.deep.equal([])
  })

  it('S37: gives no names to a message that is none of ours, and drops none', () => {
    for (const names of ['', '{', '"x"', '{"0":"x"}', '["x",1]', '[null]', 'x'.repeat(70_000)]) {
      const [message] = readLogMessages(streamOf(['1-1', 't', 'a', 'p', '', 'o', '', 'n', names]))
      expect(message).to.include({ id: '1-1', token: 'a', names: undefined })
    }
    const [foreign] = readLogMessages(streamOf(['1-1', 'hello', 'world']))
    expect(foreign).to.deep.equal({
      id: '1-1',
      token: '',
      previous: '',
      origin: '',
      names: undefined,
    })
  })

  it('S37: takes a message of up to 64 kB', () => {
    const names = JSON.stringify(['x'.repeat(65_536 - 4)])
    const [message] = readLogMessages(streamOf(['1-1', 'n', names]))
    expect(message?.names).to.have.lengthOf(1)
    const [larger] = readLogMessages(streamOf(['1-1', 'n', `${names} `]))
    expect(larger?.names).to.equal(undefined)
  })

  it('S37: takes an answer that cannot be made a text for a message about everything', () => {
    const [message] = readLogMessages([['log', [[{ toString: [] }, [{ toString: [] }, 'x']]]]])
    expect(message).to.include({ id: '', token: '', names: undefined })
  })

  it('S37: never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.string(), (reply, fields, names) => {
        readLogMessages(reply)
        readLogMessages([[Buffer.from('log'), [reply, fields]]])
        readLogMessages(streamOf(['1-1', 'n', names]))
      }),
      { numRuns: 1_000 },
    )
  })

  function streamOf(...messages: readonly (readonly string[])[]): unknown {
    const read = messages.map(([id = '', ...fields]) => [
      Buffer.from(id),
      fields.map((field) => Buffer.from(field)),
    ])
    return [[Buffer.from('log'), read]]
  }
})
