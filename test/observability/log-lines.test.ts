import { expect } from 'chai'

import { LogLines } from '../../src/observability/log-lines.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { RecordingLogger } from './recording-logger.js'

describe('LogLines', () => {
  let clock: FakeClock
  let logger: RecordingLogger
  let lines: LogLines

  beforeEach(() => {
    clock = new FakeClock()
    logger = new RecordingLogger()
    lines = new LogLines({ logger, clock, onFailure: () => logger.lines.push('failed') })
  })

  it('writes one line per cause in ten seconds, and says how many it withheld', async () => {
    for (let second = 0; second < 25; second += 1) {
      warn(lines, 'slow', 'it is slow')
      warn(lines, 'broken', 'it is broken')
      await clock.advance(1_000)
    }
    expect(logger.lines.filter((line) => line.includes('slow'))).to.deep.equal([
      'warn cachewright: it is slow',
      'warn cachewright: it is slow (9 more like it since the last line)',
      'warn cachewright: it is slow (9 more like it since the last line)',
    ])
    expect(logger.lines).to.have.lengthOf(6)
  })

  it('writes the last state of something that changes all the time, no sooner than it may', async () => {
    for (let change = 0; change < 20; change += 1) {
      lines.writeState('info', 'redis', 'up', `up ${change}`)
      await clock.advance(100)
      lines.writeState('warn', 'redis', 'down', `down ${change}`)
      await clock.advance(100)
    }
    expect(logger.lines).to.deep.equal(['info cachewright: up 0', 'warn cachewright: down 0'])
    await clock.advance(60_000)
    expect(logger.lines.at(-1)).to.equal(
      'warn cachewright: down 19 (18 more like it since the last line)',
    )
    expect(logger.lines).to.have.lengthOf(3)
  })

  it('writes a state at once when its cause was quiet', async () => {
    lines.writeState('warn', 'redis', 'down', 'down')
    await clock.advance(10_000)
    lines.writeState('info', 'redis', 'up', 'up')
    lines.writeState('warn', 'redis', 'down', 'down again')
    expect(logger.lines).to.have.lengthOf(3)
    expect(clock.pending).to.equal(0)
  })

  it('leaves no timer behind when it is closed', async () => {
    lines.writeState('warn', 'redis', 'down', 'down')
    lines.writeState('warn', 'redis', 'down', 'down still')
    expect(clock.pending).to.equal(1)
    lines.close()
    lines.writeState('warn', 'redis', 'down', 'down even now')
    expect(clock.pending).to.equal(0)
    await clock.advance(20_000)
    expect(logger.lines).to.have.lengthOf(1)
  })

  it('remembers a thousand causes and no more, whoever makes them up', () => {
    for (let cause = 0; cause < 3_000; cause += 1) warn(lines, `cause ${cause}`, 'again')
    expect(logger.lines).to.have.lengthOf(1_000)
  })

  it('makes room for new causes once old ones have been quiet for long enough', async () => {
    for (let cause = 0; cause < 1_000; cause += 1) warn(lines, `cause ${cause}`, 'again')
    await clock.advance(10_000)
    warn(lines, 'another cause', 'news')
    expect(logger.lines.at(-1)).to.equal('warn cachewright: news')
  })

  it('tells when the logger throws, or promises and breaks its word', async () => {
    logger.warn = () => {
      throw new Error('disk full')
    }
    warn(lines, 'one', 'a line')
    logger.warn = (): unknown => Promise.reject(new Error('disk full'))
    warn(lines, 'two', 'a line')
    await Promise.resolve()
    await Promise.resolve()
    expect(logger.lines).to.deep.equal(['failed', 'failed'])
  })

  it('says nothing without a logger', () => {
    const silent = new LogLines({ logger: undefined, clock, onFailure: () => expect.fail() })
    warn(silent, 'cause', 'a line')
  })
})

function warn(lines: LogLines, cause: string, message: string): void {
  if (lines.mayWrite(cause)) lines.write('warn', cause, message)
}
