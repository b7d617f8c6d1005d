import { expect } from 'chai'

import { freePort } from '../support/free-port.js'
import { runCommand } from '../support/run-command.js'

const INDEX = new URL('../../src/index.js', import.meta.url).href

/** Programs in which nothing but a cache's own timers is left, and a caller who waits. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'for a Redis that is not there to become ready': `
    const cache = createCache({ redis: 'redis://127.0.0.1:PORT' })
    console.log(await cache.ready(300))
    await cache.close()`,
  'for an eviction that Redis does not confirm': `
    const cache = createCache({ redis: 'redis://127.0.0.1:PORT' })
    for (const id of ['1', '2', '3']) await cache.delete(id)
    console.log('false')
    await cache.close()`,
}

describe('A process that waits', () => {
  for (const [what, program] of Object.entries(PROGRAMS)) {
    it(`F1: does not end before its time: ${what}`, async () => {
      const source = `import { createCache } from '${INDEX}'\n${program}`
      const text = source.replaceAll('PORT', String(await freePort()))
      const options = ['--input-type=module', '--eval', text]
      expect(await runCommand(process.execPath, options)).to.equal('false\n')
    })
  }
})
