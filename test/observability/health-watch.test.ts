import { expect } from 'chai'

import { HealthWatch } from '../../src/observability/health-watch.js'
import { LogLines } from '../../src/observability/log-lines.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { RecordingLogger } from './recording-logger.js'

describe('HealthWatch', () => {
  let clock: FakeClock
  let logger: RecordingLogger
  let watch: HealthWatch
  let reasons: string[]

  beforeEach(() => {
    clock = new FakeClock()
    logger = new RecordingLogger()
    reasons = []
    const lines = new LogLines({ logger, clock, onFailure: () => expect.fail() })
    watch = new HealthWatch({ clock, lines, reasons: () => reasons })
  })

  it('writes one line when the cache is degraded and one when it is not any more', async () => {
    reasons = ['the log is lost', '2 invalidations wait']
    for (let second = 0; second < 60; second += 1) {
      watch.look()
      await clock.advance(1_000)
    }
    reasons = []
    await clock.advance(1_000)
    watch.look()
    expect(logger.lines).to.deep.equal([
      'warn cachewright: degraded: the log is lost; 2 invalidations wait',
      'info cachewright: everything works again',
    ])
  })

  it('looks for nothing while the cache is well', () => {
    watch.look()
    expect(clock.pending).to.equal(0)
    expect(logger.lines).to.deep.equal([])
  })

  it('writes the end of what others have told the beginning of', async () => {
    reasons = ['Redis takes no commands']
    watch.begin()
    watch.begin()
    expect(clock.pending).to.equal(1)
    await clock.advance(5_000)
    reasons = []
    await clock.advance(1_000)
    expect(logger.lines).to.deep.equal(['info cachewright: everything works again'])
    expect(clock.pending).to.equal(0)
  })

  it('does not say that everything works while the next trouble lasts already', async () => {
    for (const trouble of ['once', 'twice']) {
      reasons = [trouble]
      watch.begin()
      reasons = []
      await clock.advance(1_000)
    }
    reasons = ['Redis takes no commands']
    watch.begin()
    await clock.advance(60_000)
    expect(logger.lines).to.deep.equal(['info cachewright: everything works again'])
    reasons = []
    await clock.advance(1_000)
    expect(logger.lines).to.have.length(2)
  })

  it('leaves no timer behind when it is closed', () => {
    watch.begin()
    watch.close()
    watch.begin()
    reasons = ['the cache was closed']
    watch.look()
    expect(clock.pending).to.equal(0)
    expect(logger.lines).to.deep.equal([])
  })
})
