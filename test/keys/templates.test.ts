import { expect } from 'chai'

import { canonicalText } from '../../src/keys/canonical.js'
import { keys } from '../../src/keys/templates.js'

const textOf = (key: readonly unknown[]): unknown => canonicalText(key)

describe('keys for the usual shapes', () => {
  it('S3: never run together, whatever delimiters their parts hold', () => {
    const shapes = [
      keys.user('a', 'b'),
      keys.user('a:b'),
      keys.user('a,b'),
      keys.user('a', 'b', 'c'),
      keys.user(1),
      keys.user('1'),
      keys.resource('user', 'a'),
      keys.resource('a', 'b'),
      keys.api('GET', '/a?b=c'),
      keys.api('GET', '/a', { b: 'c' }),
      keys.api('POST', '/a', { b: 'c' }),
      keys.search('a', { b: 'c' }),
      keys.search('a', { b: 'c' }, 2),
      keys.search('a b:c'),
    ]
    const texts = shapes.map(textOf)
    expect(texts.every((text) => typeof text === 'string')).to.equal(true)
    expect(new Set(texts)).to.have.property('size', shapes.length)
  })

  it('I26: are one key whatever the order of parameters and the case of a method', () => {
    expect(textOf(keys.api('get', '/a', { b: 1, c: 2 }))).to.equal(
      textOf(keys.api('GET', '/a', { c: 2, b: 1 })),
    )
    expect(textOf(keys.search('a', { b: 1, c: 2 }))).to.equal(
      textOf(keys.search('a', { c: 2, b: 1 }, 1)),
    )
    expect(textOf(keys.api('GET', '/a'))).to.equal(textOf(keys.api('GET', '/a', {})))
  })
})
