import { expect } from 'chai'

import { Journal, type Target } from '../../src/engine/journal.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

function key(name: string, namespace = 'n'): Target {
  return { kind: 'key', name, namespace }
}

function tag(name: string): Target {
  return { kind: 'tag', name, namespace: undefined }
}

function names(targets: readonly Target[]): string[] {
  return targets.map(({ name }) => name)
}

describe('Journal', () => {
  it('I19: what was issued again stays in quarantine when an earlier issue is confirmed, at one instant', () => {
    const journal = new Journal(new FakeClock(), 10)
    const first = journal.issue([key('a')])
    const second = journal.issue([key('a')])
    journal.quarantine([key('a')], second)
    journal.confirm([key('a')], first)
    expect(journal.isQuarantined('a')).to.equal(true)
    journal.confirm([key('a')], second)
    expect(journal.isQuarantined('a')).to.equal(false)
  })

  it('I19: a confirmation of what was sent later ends the quarantine of what was issued before', () => {
    const journal = new Journal(new FakeClock(), 10)
    journal.quarantine([key('a')], journal.issue([key('a')]))
    journal.issue([key('b')])
    journal.confirm([key('a')], journal.issues)
    expect(journal.depth).to.equal(0)
  })

  it('I20: what was issued can be replayed for a minute, whether it was confirmed or not', async () => {
    const clock = new FakeClock()
    const journal = new Journal(clock, 10)
    journal.confirm([key('a')], journal.issue([key('a')]))
    await clock.advance(30_000)
    journal.issue([key('b')])
    await clock.advance(29_999)
    expect(names(journal.recent())).to.deep.equal(['a', 'b'])
    await clock.advance(1)
    expect(names(journal.recent())).to.deep.equal(['b'])
  })

  it('I19: too many unconfirmed keys are covered by their namespace', () => {
    const journal = new Journal(new FakeClock(), 2)
    for (const name of ['a', 'b', 'c', 'd']) {
      journal.quarantine([key(name)], journal.issue([key(name)]))
    }
    expect(journal.isQuarantined('n')).to.equal(true)
    expect(journal.depth).to.be.at.most(2)
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(journal.isQuarantined(name) || journal.isQuarantined('n')).to.equal(true)
    }
  })

  it('I19: a namespace that covers a key is confirmed only by what was sent after the key was issued', () => {
    const journal = new Journal(new FakeClock(), 1)
    const early = journal.issue([key('n', 'n')])
    const late = journal.issue([key('a'), key('b')])
    journal.quarantine([key('a'), key('b')], late)
    expect(journal.isQuarantined('n')).to.equal(true)
    journal.confirm([{ kind: 'marker', name: 'n', namespace: 'n' }], early)
    expect(journal.isQuarantined('n')).to.equal(true)
  })

  it('I19: unconfirmed tags are never dropped, however many there are', () => {
    const journal = new Journal(new FakeClock(), 2)
    for (const name of ['a', 'b', 'c', 'd']) {
      journal.quarantine([tag(name)], journal.issue([tag(name)]))
    }
    expect(names(journal.unconfirmed())).to.deep.equal(['a', 'b', 'c', 'd'])
  })

  it('I19: what can be replayed is bounded: keys by their namespace, tags by their number', () => {
    const journal = new Journal(new FakeClock(), 2)
    journal.issue([tag('t'), key('a'), key('b'), key('c', 'm')])
    expect(names(journal.recent())).to.have.members(['n', 'm'])
  })
})
