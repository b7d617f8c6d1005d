import type { RootHookObject } from 'mocha'

import { runTeardown } from './support/teardown.js'

/**
 * Node is started with `--unhandled-rejections=strict` (see `.mocharc.json`), so a rejection that
 * nobody handles becomes an uncaught exception and Mocha fails the test that runs. Without it Mocha
 * 12 drops such rejections silently.
 */
export const mochaHooks: RootHookObject = {
  /** A turn of the event loop, so that what a test left rejected is found here and not in a later test. */
  async afterEach() {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  },

  /** A hook, and not a global teardown, because only a hook's failure is counted. */
  async afterAll(this: Mocha.Context) {
    this.timeout(30_000)
    await runTeardown()
  },
}

export function mochaGlobalSetup(): void {
  if (!process.execArgv.includes('--unhandled-rejections=strict')) {
    throw new Error('start the tests with `npm test`: Node lacks --unhandled-rejections=strict')
  }
}
