import { createHash, createHmac } from 'node:crypto'

import { expect } from 'chai'

import { Names } from '../../src/keys/names.js'

describe('names that are digests', () => {
  const named = (secret: string | undefined): Names =>
    new Names({ prefix: 'app', keyMode: 'digest', secret })

  it('S33: are the HMAC-SHA256 under the secret, so that no guess can be tried without it', () => {
    const names = named('a secret of the application')
    const digest = (text: string): string =>
      createHmac('sha256', 'a secret of the application').update(text).digest('base64url')
    expect(names.entry('users', 'mail', 'text')).to.equal(
      `app:users:mail:{${digest('users:mail:text').slice(0, 32)}}`,
    )
    expect(names.tagMarker('team')).to.equal(`{app#tags}:t:${digest('tag:team').slice(0, 16)}`)
    const other = named('another secret of it')
    expect(other.entry('users', 'mail', 'text')).not.to.equal(names.entry('users', 'mail', 'text'))
  })

  it('S33: are the SHA-256 without a secret', () => {
    const digest = createHash('sha256').update('users:mail:text').digest('base64url')
    expect(named(undefined).entry('users', 'mail', 'text')).to.equal(
      `app:users:mail:{${digest.slice(0, 32)}}`,
    )
  })
})
