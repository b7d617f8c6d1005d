'use strict'

const {
  reporters: { Spec },
} = require('mocha')

/**
 * Mocha's own report, and then a last line that a program can read: `N passed, N failed`. A test
 * that was skipped did not prove anything, so it counts as failed. Mocha can only `require` a
 * reporter, and only from a default export, which is why this file is not TypeScript.
 */
class SummaryReporter extends Spec {
  done(failures, finish) {
    const { passes, pending } = this.stats
    process.stdout.write(`\n${passes} passed, ${failures + pending} failed\n`, () => {
      finish(failures + pending)
    })
  }
}

module.exports = SummaryReporter
