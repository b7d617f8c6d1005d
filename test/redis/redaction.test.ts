import { inspect } from 'node:util'

import { expect } from 'chai'
import { Redis } from 'ioredis'

import { CacheError, RedisUnavailableError } from '../../src/errors.js'
import { RedisReplyError } from '../../src/redis/link.js'
import {
  commandError,
  connectionFailure,
  explain,
  Redirection,
  redactUrl,
} from '../../src/redis/redaction.js'

const SECRET = 'hunter2-secret'

describe('commandError', () => {
  it('S34: keeps the first word of a reply and nothing else', () => {
    const error = commandError(replyError(`WRONGTYPE ${SECRET}`))
    expect(error).to.be.instanceOf(RedisReplyError)
    expect(error).to.include({ reply: 'WRONGTYPE', message: 'Redis answered WRONGTYPE' })
    expectNoSecret(error)
  })

  it('S34: takes no word over that is not one of the usual kind', () => {
    for (const message of [SECRET, `${SECRET} x`, `SECRET=${SECRET}`, '', 'A'.repeat(60)]) {
      expect(commandError(replyError(message))).to.include({ reply: 'ERR' })
    }
  })

  it('S34: says nothing of what else the driver said', () => {
    const error = commandError(Object.assign(new Error(SECRET), { command: { args: [SECRET] } }))
    expect(error).to.be.instanceOf(RedisUnavailableError)
    expectNoSecret(error)
  })

  it('F32: reads where a slot is', () => {
    expect(commandError(replyError('MOVED 3999 10.0.0.1:6381'))).to.include({
      kind: 'MOVED',
      slot: 3_999,
      host: '10.0.0.1',
      port: 6_381,
    })
    expect(commandError(replyError('ASK 1 ::1:6381'))).to.include({ kind: 'ASK', host: '::1' })
    expect(commandError(replyError('MOVED 1 :6381'))).to.include({ host: '' })
  })

  it('S40: follows nobody to a slot or a port that cannot be', () => {
    for (const message of [
      'MOVED __proto__ 127.0.0.1:6381',
      'MOVED 16384 127.0.0.1:6381',
      'MOVED -1 127.0.0.1:6381',
      'MOVED 1 127.0.0.1:0',
      'MOVED 1 127.0.0.1:65536',
      'MOVED 1 user@host/x:1',
      'MOVED 1',
    ]) {
      const error = commandError(replyError(message))
      expect(error, message).to.be.instanceOf(RedisReplyError)
      expect(error).to.not.be.instanceOf(Redirection)
    }
  })

  it('passes our own errors on', () => {
    const error = new RedisUnavailableError('known')
    expect(commandError(error)).to.equal(error)
  })
})

describe('connectionFailure', () => {
  it('F1, F14, F15: tells the kinds of failures apart', () => {
    const reasons: Record<string, string> = {
      ECONNREFUSED: 'refused',
      EHOSTUNREACH: 'unreachable',
      ETIMEDOUT: 'unreachable',
      ENOTFOUND: 'name',
      EAI_AGAIN: 'name',
      ECONNRESET: 'reset',
      EPIPE: 'reset',
      CERT_HAS_EXPIRED: 'tls',
      DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
      SELF_SIGNED_CERT_IN_CHAIN: 'tls',
      ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
      ERR_SSL_WRONG_VERSION_NUMBER: 'tls',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
      EPROTO: 'tls',
    }
    for (const [code, reason] of Object.entries(reasons)) {
      const failure = connectionFailure(Object.assign(new Error(SECRET), { code }))
      expect(failure.reason, code).to.equal(reason)
      expect(failure.message).to.include(code)
      expectNoSecret(failure)
    }
  })

  it('F11, F16, F18: knows what Redis says instead of a welcome', () => {
    const reasons: Record<string, string> = {
      'WRONGPASS invalid username-password pair or user is disabled.': 'denied',
      'NOAUTH Authentication required.': 'denied',
      'ERR invalid password': 'denied',
      'DENIED Redis is running in protected mode': 'denied',
      'NOPERM this user has no permissions': 'forbidden',
      'ERR max number of clients reached': 'full',
      'ERR DB index is out of range': 'database',
      'LOADING Redis is loading the dataset in memory': 'loading',
      'MASTERDOWN Link with MASTER is down': 'replica',
      'BUSY Redis is busy running a script': 'busy',
      'HTTP/1.1 400 Bad Request': 'protocol',
    }
    for (const [message, reason] of Object.entries(reasons)) {
      expect(connectionFailure(replyError(message)).reason, message).to.equal(reason)
    }
  })

  it('S34: takes no code over that is none', () => {
    const failure = connectionFailure(Object.assign(new Error(SECRET), { code: SECRET }))
    expect(failure).to.include({ reason: 'reset', detail: undefined })
    expectNoSecret(failure)
  })

  it('S34: keeps nothing of a login error of ioredis, which holds the password', async () => {
    const client = new Redis({ lazyConnect: true, retryStrategy: null, password: SECRET, port: 1 })
    client.on('error', () => undefined)
    const error: unknown = await client.connect().catch((reason: unknown) => reason)
    Object.assign(error as object, { command: { name: 'auth', args: [SECRET] } })
    expect(inspect(error)).to.include(SECRET)
    expectNoSecret(connectionFailure(error))
  })
})

describe('redactUrl', () => {
  it('S39: keeps where it is and not who may', () => {
    const url = `rediss://user:${SECRET}@host:6380/3?password=${SECRET}#${SECRET}`
    expect(redactUrl(url)).to.equal('rediss://host:6380/3')
  })

  it('S39: shows nothing of what it cannot read', () => {
    expect(redactUrl(`redis://user:${SECRET}@host:port`)).to.equal('a text that is not a URL')
    expect(redactUrl(`redis://host/${SECRET}`)).to.equal('redis://host')
  })
})

describe('explain', () => {
  it('has a sentence for each reason', () => {
    expect(explain('denied')).to.match(/password/)
    expect(explain('tls', 'CERT_HAS_EXPIRED')).to.match(/\(CERT_HAS_EXPIRED\)$/)
  })
})

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError', command: { args: [SECRET] } })
}

function expectNoSecret(error: unknown): void {
  expect(error).to.be.instanceOf(CacheError)
  const texts = [inspect(error, { depth: 9 }), JSON.stringify(error), String(error)]
  for (const text of texts) expect(text).to.not.include(SECRET)
}
