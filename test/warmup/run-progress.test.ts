import { expect } from 'chai'

import type { WarmupProgress } from '../../src/warmup/warmup-report.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { ids, serviceWith, warmable } from './warmable.js'

describe('WarmupRunner.run, progress', () => {
  it('counts what is done, of what is known so far', async () => {
    const { cache } = warmable()
    const list = serviceWith({ arguments: ids('', 3), priority: 1 }, async (id) => {
      if (id === '2') throw new Error()
      return id
    })
    const stream = serviceWith(
      {
        arguments: function* () {
          yield* ids('', 2)
        },
      },
      undefined,
      { name: 'stream' },
    )
    const events: WarmupProgress[] = []
    await new WarmupRunner(cache, () => [list, stream]).run({
      concurrency: 1,
      onProgress: (event) => events.push(event),
    })
    expect(events).to.deep.equal([
      { done: 1, total: 3, name: 'users', outcome: 'warmed' },
      { done: 2, total: 3, name: 'users', outcome: 'failed' },
      { done: 3, total: 3, name: 'users', outcome: 'warmed' },
      { done: 4, total: 4, name: 'stream', outcome: 'warmed' },
      { done: 5, total: 5, name: 'stream', outcome: 'warmed' },
    ])
  })

  it('goes on when the listener throws or rejects, and says so once', async () => {
    const listeners: readonly ((progress: WarmupProgress) => unknown)[] = [
      () => {
        throw new Error('listener')
      },
      () => Promise.reject(new Error('listener')),
    ]
    for (const onProgress of listeners) {
      const warnings: unknown[] = []
      const { cache } = warmable({ observer: { onWarning: (event) => warnings.push(event) } })
      const service = serviceWith({ arguments: ids('', 3) })
      const report = await new WarmupRunner(cache, () => [service]).run({ onProgress })
      expect(report.warmed).to.equal(3)
      await new Promise(setImmediate)
      expect(warnings).to.have.length(1)
    }
  })
})
