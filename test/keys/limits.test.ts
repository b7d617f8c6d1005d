import { expect } from 'chai'

import { canonicalOne, canonicalText, DEFAULT_LIMITS, Unkeyable } from '../../src/keys/canonical.js'
import { sparseArray } from './arguments.js'

describe('the limits of a key', () => {
  it('S9: refuses what is too deep, and accepts 64 levels', () => {
    expect(canonicalOne(nested(64, 1))).to.be.a('string')
    expect((canonicalOne(nested(65, 1)) as Unkeyable).reason).to.equal('too-deep')
    expect((canonicalOne(nested(10_000, 1)) as Unkeyable).reason).to.equal('too-deep')
  })

  it('S9: refuses more than 10,000 values, however they are spread', () => {
    const ten = Array.from({ length: 10 }, () => 1)
    const tooMany: Record<string, unknown> = {
      array: filled(10_001),
      'sparse array': sparseArray(4_000_000_000),
      object: Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [index, 1])),
      map: new Map(Array.from({ length: 5_001 }, (_, index) => [index, 1])),
      set: new Set(Array.from({ length: 10_001 }, (_, index) => index)),
      'shared parts': doubled(30),
      'arrays of arrays': Array.from({ length: 1_000 }, () => ten),
    }
    for (const value of Object.values(tooMany)) {
      expect((canonicalOne(value) as Unkeyable).reason).to.equal('too-large')
    }
    expect(canonicalOne(filled(10_000 - 1))).to.be.a('string')
  })

  it('S9: refuses more than 256 KiB of text, wherever it is', () => {
    const half = 'x'.repeat(DEFAULT_LIMITS.bytes / 2)
    const huge = 'x'.repeat(50_000_000)
    // One character more would be more than a string can have.
    const longest = 'x'.repeat(2 ** 29 - 24)
    const tooLong: unknown[] = [
      longest,
      [longest],
      ...[huge, [huge], { a: huge }, { [huge]: 1 }, new Map([[huge, 1]]), new Set([huge])],
      ...[[half, half], { a: half, b: half }, new Map([[half, half]]), new Set([half, `${half}y`])],
      ...[
        new Uint8Array(300_000),
        new ArrayBuffer(600_000_000),
        new URL(`http://a/${half}${half}`),
      ],
      ...[
        new RegExp(half + half),
        1n << 2_000_000n,
        [-1n << 2_000_000n],
        'é'.repeat(140_000),
        ['é'.repeat(140_000)],
      ],
      ...[
        '\ud800'.repeat(16_384),
        [[half], [half]],
        new Map([[1, huge]]),
        new Map([
          ['a', half],
          ['b', half],
        ]),
      ],
      ...[new Uint8Array(200_000)],
    ]
    for (const [index, value] of tooLong.entries()) {
      const text = canonicalOne(value)
      expect(text, `number ${index}`).to.be.instanceOf(Unkeyable)
      expect((text as Unkeyable).reason).to.equal('too-large')
    }
    expect((canonicalText([half, half]) as Unkeyable).path).to.equal('arguments[1]')
  })

  it('accepts what just fits, in bytes of UTF-8', () => {
    const { bytes } = DEFAULT_LIMITS
    expect(canonicalOne('x'.repeat(bytes - 1))).to.have.length(bytes)
    expect(canonicalOne('x'.repeat(bytes))).to.be.instanceOf(Unkeyable)
    expect(canonicalOne('é'.repeat((bytes - 2) / 2))).to.be.a('string')
    expect(canonicalOne('é'.repeat(bytes / 2))).to.be.instanceOf(Unkeyable)
    expect(canonicalOne([2n ** 16_000n])).to.be.a('string')
    expect(canonicalOne('\ud800'.repeat(16_383))).to.be.a('string')
  })

  it('can be set', () => {
    const limits = { depth: 1, nodes: 3, bytes: 20 }
    expect(canonicalText([[1, 2]], limits)).to.be.a('string')
    expect(canonicalText([[1, 2, 3]], limits)).to.be.instanceOf(Unkeyable)
    expect(canonicalText([[[]]], limits)).to.be.instanceOf(Unkeyable)
    expect(canonicalOne('x'.repeat(20), limits)).to.be.instanceOf(Unkeyable)
    expect(canonicalOne(['x'.repeat(20)], limits)).to.be.instanceOf(Unkeyable)
  })

  it('S9: visits no more than the limit allows, counted by the traps of a Proxy', () => {
    let visits = 0
    const handler: ProxyHandler<object> = {
      getOwnPropertyDescriptor(target, name) {
        visits++
        return Reflect.getOwnPropertyDescriptor(target, name)
      },
    }
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, 1]))
    const watched = Array.from({ length: 1_000 }, () => new Proxy(wide, handler))
    expect((canonicalOne(watched) as Unkeyable).reason).to.equal('too-large')
    expect(visits).to.be.within(1_000, 10_000)
  })
})

function nested(depth: number, leaf: unknown): unknown {
  let value = leaf
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { inner: value }
  return value
}

/** Two to the power of `depth` paths through `depth` arrays. */
function doubled(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value, value]
  return value
}

function filled(length: number): number[] {
  return Array.from({ length }, () => 1)
}
