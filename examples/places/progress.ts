const barWidth = 28

/** The output of the progress lines, such as `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/**
 * Shows the progress of some work: as a moving bar on a terminal, or as a plain line at every
 * quarter if the output goes to a file or a log.
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

  /** Bound to this instance, so that it can be passed as a callback. */
  readonly update = (done: number, total: number): void => {
    if (this.#isFinished) return
    const share = total === 0 ? 1 : Math.min(done / total, 1)
    this.#isFinished = share === 1
    if (this.#output.isTTY === true) this.#draw(share, done, total)
    else this.#writeLine(share, done, total)
  }

  #draw(share: number, done: number, total: number): void {
    const now = performance.now()
    // Some twenty updates a second are enough for a terminal.
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
