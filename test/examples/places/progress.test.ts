import { expect } from 'chai'

import { type Output, Progress } from '../../../examples/places/progress.js'

class Recorder implements Output {
  readonly isTTY: boolean
  text = ''

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text
  }
}

describe('progress of the example', () => {
  it('writes a plain line per quarter where there is no terminal', () => {
    const output = new Recorder(false)
    const { update } = new Progress(output, 'load')
    for (let done = 0; done <= 1_000; done++) update(done, 1_000)

    const lines = output.text.trimEnd().split('\n')
    expect(lines.map((line) => line.trim().split(/ {2,}/).slice(1))).to.deep.equal([
      ['0 %', '0 of 1,000'],
      ['25 %', '250 of 1,000'],
      ['50 %', '500 of 1,000'],
      ['75 %', '750 of 1,000'],
      ['100 %', '1,000 of 1,000'],
    ])
    expect(output.text).to.not.include('\r')
  })

  it('draws over one line in a terminal, and ends it once', () => {
    const output = new Recorder(true)
    const { update } = new Progress(output, 'load')
    update(0, 4)
    update(4, 4)
    update(4, 4)

    expect(output.text.match(/\n/g)).to.have.lengthOf(1)
    expect(output.text.split('\r').at(-1)).to.match(/^ {2}load +█+ 4 of 4\n$/)
  })

  it('is complete at once when there is nothing to do', () => {
    const output = new Recorder(false)
    new Progress(output, 'load').update(0, 0)

    expect(output.text).to.match(/100 % +0 of 0/)
  })
})
