'use strict'

const {
  reporters: { Spec },
} = require('mocha')

/**
 * Mocha's own report, and then a last line that a program can read: `N passed, N failed`. A test
 * that was skipped did not prove anything, so it counts as failed, and so does one that passed and
 * then left an error behind. Mocha can only `require` a reporter, and only from `module.exports`,
 * which is why this file is not TypeScript.
 */
class SummaryReporter extends Spec {
  #passed = new Set()

  constructor(runner, options) {
    super(runner, options)
    runner.on('pass', (test) => this.#passed.add(test))
    runner.on('fail', (test) => this.#passed.delete(test))
  }

  done(failures, finish) {
    const failed = failures + this.stats.pending
    process.stdout.write(`\n${this.#passed.size} passed, ${failed} failed\n`, () => finish(failed))
  }
}

module.exports = SummaryReporter
