import { fileURLToPath } from 'node:url'

import { expect } from 'chai'

import { seededRandom } from '../support/random.js'
import { runCommand } from '../support/run-command.js'
import { fuzz } from './fuzz.js'
import type { FrozenReport } from './frozen-prototypes.js'

describe('broken and hostile bytes', function () {
  this.timeout(120_000)

  it('S27, F10, F37: 100,000 of them give 0 throws, 0 wrong values, and touch no prototype', () => {
    const names = Reflect.ownKeys(Object.prototype)
    const report = fuzz(100_000, seededRandom(20_261_124))
    expect(report.thrown).to.deep.equal([])
    expect(report.wrong).to.equal(0)
    expect(Reflect.ownKeys(Object.prototype)).to.deep.equal(names)
    expect(Reflect.ownKeys({})).to.deep.equal([])
    // The forged ones must get as far as the reader, or they prove nothing.
    expect(report.answers['payload']).to.be.above(5_000)
    expect(report.answers['value']).to.be.above(500)
    expect(report.answers['corrupt']).to.be.above(50_000)
  })

  it('S27, F37: the same with frozen prototypes, and the heap stays flat', async () => {
    const program = fileURLToPath(new URL('./frozen-prototypes.js', import.meta.url))
    const output = await runCommand(process.execPath, ['--expose-gc', program])
    const { fuzz: report, differences, growth } = JSON.parse(output) as FrozenReport
    expect(differences).to.deep.equal([])
    expect(report.thrown).to.deep.equal([])
    expect(report.wrong).to.equal(0)
    expect(report.answers['value']).to.be.above(250)
    expect(growth).to.be.below(4_000_000)
  })
})
