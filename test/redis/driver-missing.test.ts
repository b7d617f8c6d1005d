import { expect } from 'chai'

import { runCommand } from '../support/run-command.js'

const ENTRY = new URL('../../src/index.js', import.meta.url).href

/** Makes caches as a program would where Node looks for ioredis and does not find it. */
const PROGRAM = `
import Module from 'node:module'

const resolve = Module._resolveFilename
Module._resolveFilename = (name, parent, isMain, options) =>
  resolve(name, parent, isMain, name === 'ioredis' ? { paths: ['/nowhere'] } : options)
const { createCache } = await import('${ENTRY}')
const messages = ['redis://user:word@localhost', { host: 'localhost' }].map((redis) => {
  try {
    createCache({ redis })
    return 'nothing'
  } catch (error) {
    return error.name + ': ' + error.message
  }
})
const value = await createCache({}).getOrLoad('key', async () => 'value')
console.log(JSON.stringify([...messages, value]))
`

describe('A cache with Redis where ioredis is not installed', () => {
  it('says so in one sentence when it is made, and a cache without Redis works', async () => {
    const output = await runCommand(process.execPath, ['--input-type=module', '-e', PROGRAM])
    const sentence =
      'CacheConfigurationError: ioredis: this package is not installed, but it is ' +
      'required: npm install ioredis'
    expect(JSON.parse(output)).to.deep.equal([sentence, sentence, 'value'])
  })
})
