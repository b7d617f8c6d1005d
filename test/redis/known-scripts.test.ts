import { createHash } from 'node:crypto'

import { expect } from 'chai'

import { KnownScripts } from '../../src/redis/known-scripts.js'

const SCRIPT = { name: 'one', readOnly: false, text: 'return 1' }
const DIGEST = createHash('sha1').update(SCRIPT.text).digest('hex')
const WHOLE = { name: 'eval', args: [SCRIPT.text, 0, 'x'] }
const NAMED = { name: 'evalsha', args: [DIGEST, 0, 'x'] }

function command() {
  return { name: 'eval', args: [0, 'x'], script: SCRIPT }
}

describe('KnownScripts', () => {
  let scripts: KnownScripts

  beforeEach(() => {
    scripts = new KnownScripts()
    scripts.spelled(command())
  })

  it('names a script that was sent before, and leaves other commands as they are', () => {
    expect(new KnownScripts().spelled(command())).to.deep.equal(WHOLE)
    expect(scripts.spelled(command())).to.deep.equal(NAMED)
    const get = { name: 'get', args: ['k'] }
    expect(scripts.spelled(get)).to.equal(get)
  })

  it('F23: spells out a command again whose script the server has forgotten', () => {
    const forgotten = command()
    scripts.spelled(forgotten)
    expect(scripts.wasRefused(forgotten, 'NOSCRIPT')).to.equal(true)
    expect(scripts.spelled(forgotten)).to.deep.equal(WHOLE)
    expect(scripts.wasRefused(forgotten, 'NOSCRIPT'), 'sent as a whole').to.equal(false)
    expect(scripts.spelled(command())).to.deep.equal(NAMED)
  })

  it('F13: names nothing any more for a user who may not', () => {
    const refused = command()
    scripts.spelled(refused)
    expect(scripts.wasRefused(refused, 'NOPERM')).to.equal(true)
    expect(scripts.spelled(refused)).to.deep.equal(WHOLE)
    expect(scripts.spelled(command())).to.deep.equal(WHOLE)
  })

  it('takes every other error for one of the command itself', () => {
    const failed = command()
    scripts.spelled(failed)
    expect(scripts.wasRefused(failed, 'OOM')).to.equal(false)
    expect(scripts.wasRefused({ name: 'get', args: ['k'] }, 'NOPERM')).to.equal(false)
    expect(scripts.spelled(command())).to.deep.equal(NAMED)
  })
})
