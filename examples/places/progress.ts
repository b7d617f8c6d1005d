const barWidth = 28

/** Where the lines go; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/**
 * Shows how far a piece of work is: one bar that moves where there is a terminal, and a plain line
 * at every quarter where the output goes to a file or a log.
 */
export class Progress {
  readonly #output: Output
  readonly #label: string
  #shownAt = Number.NEGATIVE_INFINITY
  #shownQuarter = -1
  #isFinished = false

  constructor(output: Output, label: string) {
    this.#output = output
    this.#label = label.padEnd(22)
  }

  /** Bound, so that it can be given away as a callback. */
  readonly update = (done: number, total: number): void => {
    if (this.#isFinished) return
    const share = total === 0 ? 1 : Math.min(done / total, 1)
    this.#isFinished = share === 1
    if (this.#output.isTTY === true) this.#draw(share, done, total)
    else this.#writeLine(share, done, total)
  }

  #draw(share: number, done: number, total: number): void {
    const now = performance.now()
    // A terminal needs no more than some twenty pictures a second.
    if (!this.#isFinished && now - this.#shownAt < 50) return
    this.#shownAt = now
    const filled = Math.round(share * barWidth)
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
    this.#output.write(`\r  ${this.#label} ${bar} ${countOf(done, total)}`)
    if (this.#isFinished) this.#output.write('\n')
  }

  #writeLine(share: number, done: number, total: number): void {
    const quarter = Math.floor(share * 4)
    if (quarter === this.#shownQuarter) return
    this.#shownQuarter = quarter
    const percent = `${Math.round(share * 100)} %`.padStart(5)
    this.#output.write(`  ${this.#label} ${percent}  ${countOf(done, total)}\n`)
  }
}

function countOf(done: number, total: number): string {
  const all = total.toLocaleString('en')
  return `${done.toLocaleString('en').padStart(all.length)} of ${all}`
}
