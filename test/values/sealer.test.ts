import { createHash, randomBytes } from 'node:crypto'
import { inspect as show } from 'node:util'
import { brotliCompressSync, deflateRawSync } from 'node:zlib'

import { expect } from 'chai'

import { CacheConfigurationError } from '../../src/errors.js'
import type { EncryptionKeys } from '../../src/values/encryption.js'
import { join, preambleOf, type Header, type Rejection } from '../../src/values/envelope.js'
import { createSealer, type Sealer } from '../../src/values/sealer.js'
import {
  COMPRESSED,
  fingerprintOf,
  HEADER,
  keep,
  KEYS,
  MAX_BYTES,
  openNow,
  sealNow,
  UNCOMPRESSED,
} from './sealing.js'

const PLAIN = createSealer({})
const ENCRYPTED = createSealer({ encryption: KEYS })
const SIGNED = createSealer({ encryption: { ...KEYS, mode: 'sign' } })
const NO_TAGS: Header = { tokens: HEADER.tokens.slice(0, 2), tags: [] }

/** The entry with other bytes at `at`, and a checksum that fits them. */
function forged(bytes: Buffer, at: number, change: Buffer): Buffer {
  const content = Buffer.from(bytes.subarray(0, -8))
  change.copy(content, at)
  return Buffer.concat([content, createHash('sha256').update(content).digest().subarray(0, 8)])
}

/** An entry that says of its payload that it was compressed from `length` bytes. */
function compressedEntry(payload: Buffer, length: number, algorithm = 1): Buffer {
  const compression = { algorithm, length }
  const fingerprint = fingerprintOf('key')
  const parts = { fingerprint, header: HEADER, kind: 'plain' as const, compression, key: undefined }
  return join(preambleOf(parts), undefined, payload)
}

async function decode(bytes: Buffer, sealer = PLAIN, max = MAX_BYTES): Promise<unknown> {
  const opened = sealer.open(fingerprintOf('key'), bytes)
  return typeof opened === 'string' ? opened : opened.decode(max)
}

describe('the envelope', () => {
  it('takes at most 52 bytes beside the payload of an entry without tags and scope', () => {
    const bytes = sealNow(PLAIN, 'key', keep('text'), UNCOMPRESSED, NO_TAGS)
    expect(bytes.length - '"text"'.length).to.equal(50)
  })

  it('gives back its header before the payload is looked at', () => {
    const tags = Array.from({ length: 300 }, () => ({
      id: randomBytes(12).toString('base64url'),
      token: randomBytes(12).toString('base64url'),
    }))
    for (const header of [HEADER, NO_TAGS, { tokens: [], tags: [] }, { tokens: [], tags }]) {
      for (const sealer of [PLAIN, ENCRYPTED, SIGNED]) {
        const opened = sealer.open(
          fingerprintOf('key'),
          sealNow(sealer, 'key', keep(1), UNCOMPRESSED, header),
        )
        expect(opened).to.have.property('header').that.deep.equals(header)
      }
    }
  })

  it('F10: a flipped bit anywhere is a rejection', () => {
    for (const sealer of [PLAIN, ENCRYPTED, SIGNED]) {
      const bytes = sealNow(sealer, 'key', keep({ a: 1 }))
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const broken = Buffer.from(bytes)
        broken[bit >> 3] = (broken[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(openNow(sealer, 'key', broken)).to.equal('corrupt')
      }
    }
  })

  it('F37: what is cut off anywhere is a rejection', () => {
    const bytes = sealNow(ENCRYPTED, 'key', keep({ a: 1 }))
    for (let length = 0; length < bytes.length; length++) {
      expect(openNow(ENCRYPTED, 'key', bytes.subarray(0, length))).to.equal('corrupt')
    }
  })

  it('an entry of another key under the same name is told from a broken one', () => {
    expect(openNow(PLAIN, 'other', sealNow(PLAIN, 'key', keep(1)))).to.equal('identity')
  })

  it('F38: a format of another version is told from a broken entry', () => {
    const bytes = sealNow(PLAIN, 'key', keep(1))
    expect(openNow(PLAIN, 'key', forged(bytes, 0, Buffer.from([2])))).to.equal('format')
    // The one flag that this format leaves, and two that exclude each other.
    expect(openNow(PLAIN, 'key', forged(bytes, 1, Buffer.from([0x83])))).to.equal('format')
    expect(openNow(PLAIN, 'key', forged(bytes, 1, Buffer.from([0x33])))).to.equal('format')
  })

  it('F37: parts that do not fit into the entry are a rejection, though the checksum fits', () => {
    const bytes = sealNow(PLAIN, 'key', keep(1), UNCOMPRESSED, NO_TAGS)
    for (const flags of [0x43, 0x4b, 0x13, 0x23]) {
      expect(openNow(PLAIN, 'key', forged(bytes, 1, Buffer.from([flags])))).to.be.oneOf([
        'corrupt',
        'unknown-key',
      ])
    }
    expect(openNow(PLAIN, 'key', forged(bytes.subarray(0, 30), 1, Buffer.from([3])))).to.equal(
      'corrupt',
    )
  })

  it('seals nothing under a token that is none, or under too many', () => {
    const headers: readonly Header[] = [
      { tokens: ['short'], tags: [] },
      { tokens: ['AAAAAAAAAAAAAAA!'], tags: [] },
      { tokens: ['AAAAAAAAAAAAAAAAA'], tags: [] },
      { tokens: Array.from({ length: 4 }, () => 'AAAAAAAAAAAAAAAA'), tags: [] },
      { tokens: [], tags: [{ id: 'short', token: 'AAAAAAAAAAAAAAAA' }] },
      {
        tokens: [],
        tags: Array.from({ length: 65_536 }, () => ({ id: 'A'.repeat(16), token: 'A'.repeat(16) })),
      },
    ]
    const packed = { kind: 'plain', payload: Buffer.from('1') } as const
    for (const header of headers) {
      for (const sealer of [PLAIN, ENCRYPTED]) {
        expect(sealer.seal(fingerprintOf('key'), header, packed)).to.equal(undefined)
      }
    }
    expect(PLAIN.seal('x'.repeat(32), NO_TAGS, packed)).to.equal(undefined)
  })

  it('F36: seals no text that is longer than what is stored, and decodes none', async () => {
    const stored = keep('\0'.repeat(500))
    const limits = { ...UNCOMPRESSED, maxValueBytes: 2_000 }
    expect(PLAIN.pack(stored, limits)).to.equal(undefined)
    for (const limit of [UNCOMPRESSED, COMPRESSED]) {
      const bytes = sealNow(PLAIN, 'key', stored, limit)
      expect(await decode(bytes, PLAIN, 2_000)).to.equal('too-large')
    }
    // The text is short, and what it stands for is not.
    const many = sealNow(PLAIN, 'key', keep(Array.from({ length: 500 }, () => 1)))
    expect(await decode(many, PLAIN, 2_000)).to.equal('too-large')
  })
})

describe('compression', () => {
  it('is left out where it saves nothing', () => {
    const noise = randomBytes(3_000).toString('base64')
    const small = sealNow(PLAIN, 'key', keep(1), COMPRESSED)
    expect(small).to.deep.equal(sealNow(PLAIN, 'key', keep(1)))
    expect(sealNow(PLAIN, 'key', keep(noise), COMPRESSED).length).to.be.below(noise.length + 100)
  })

  it('begins at the size that is asked for', () => {
    const stored = keep('a'.repeat(98))
    const seal = (compressAbove: number): number =>
      sealNow(PLAIN, 'key', stored, { compressAbove, maxValueBytes: MAX_BYTES }).length
    expect(seal(101)).to.be.above(150)
    expect(seal(100)).to.be.below(110)
  })

  const bomb = deflateRawSync(Buffer.alloc(200_000_000))
  const bombs: readonly (readonly [string, Buffer, Rejection])[] = [
    ['200 MB that says so', compressedEntry(bomb, 200_000_000), 'too-large'],
    ['200 MB that says it is 900 kB', compressedEntry(bomb, 900_000), 'payload'],
    ['200 MB that says it is a kilobyte', compressedEntry(bomb, 1_000), 'payload'],
    ['200 MB that says it is nothing', compressedEntry(bomb, 0), 'payload'],
    [
      '300 bytes that promise a megabyte',
      compressedEntry(bomb.subarray(0, 300), 1_000_000),
      'payload',
    ],
    [
      '304 bytes of Brotli',
      compressedEntry(brotliCompressSync(Buffer.alloc(200_000_000)), 900_000, 2),
      'payload',
    ],
    [
      'a bomb in a bomb',
      compressedEntry(deflateRawSync(bomb.subarray(0, 100_000)), 100_000),
      'payload',
    ],
    [
      'one that ends too early',
      compressedEntry(deflateRawSync(Buffer.from('[1,2,3]')), 8),
      'payload',
    ],
  ]
  for (const [description, bytes, rejection] of bombs) {
    it(`S30: a bomb is a rejection that costs nothing: ${description}`, async () => {
      const spans: number[] = []
      const before = process.memoryUsage.rss()
      for (let attempt = 0; attempt < 10; attempt++) {
        const begun = performance.now()
        expect(await decode(bytes)).to.equal(rejection)
        spans.push(performance.now() - begun)
      }
      // 8 MB for one, of which the collector may not have seen all yet; 200 MB would be the bomb.
      expect(process.memoryUsage.rss() - before).to.be.below(40_000_000)
      // What is not even begun takes no time; 900 kB wait for a thread; 200 MB take 300 ms and more.
      expect(Math.min(...spans)).to.be.below(description.includes('900 kB') ? 100 : 5)
    })
  }
})

describe('encryption at rest', () => {
  const secret = { ssn: '123-45-6789' }

  it('S31: hides the value, and with sign only vouches for it', () => {
    const encrypted = sealNow(ENCRYPTED, 'key', keep(secret))
    expect(encrypted.includes('6789')).to.equal(false)
    expect(sealNow(SIGNED, 'key', keep(secret)).includes('6789')).to.equal(true)
    expect(encrypted.equals(sealNow(ENCRYPTED, 'key', keep(secret)))).to.equal(false)
    for (const sealer of [ENCRYPTED, SIGNED]) {
      expect(openNow(sealer, 'key', sealNow(sealer, 'key', keep(secret)))).to.deep.include({
        value: secret,
      })
    }
  })

  for (const [mode, sealer] of [
    ['encrypted', ENCRYPTED],
    ['signed', SIGNED],
  ] as const) {
    it(`S31: two entries that change places are two rejections (${mode})`, () => {
      const [a, b] = [sealNow(sealer, 'a', keep('of a')), sealNow(sealer, 'b', keep('of b'))]
      expect(openNow(sealer, 'a', b)).to.equal('identity')
      expect(openNow(sealer, 'b', a)).to.equal('identity')
      // Also when whoever swaps them writes the other's fingerprint and a checksum that fits.
      expect(
        openNow(sealer, 'a', forged(b, 2, Buffer.from(fingerprintOf('a'), 'latin1'))),
      ).to.equal('corrupt')
      expect(
        openNow(sealer, 'b', forged(a, 2, Buffer.from(fingerprintOf('b'), 'latin1'))),
      ).to.equal('corrupt')
    })

    it(`S31: a changed byte with a checksum that fits is a rejection (${mode})`, () => {
      const bytes = sealNow(sealer, 'key', keep(secret))
      for (let at = 0; at < bytes.length - 8; at++) {
        const changed = forged(bytes, at, Buffer.from([(bytes[at] as number) ^ 1]))
        expect(openNow(sealer, 'key', changed)).to.be.a('string')
      }
      const token = forged(bytes, 2 + 16, randomBytes(12))
      const opened = sealer.open(fingerprintOf('key'), token)
      expect(opened, 'the header is proven only with the value').to.be.an('object')
      expect(openNow(sealer, 'key', token)).to.equal('corrupt')
    })
  }

  it('S31: with keys, an entry without protection is refused, and the other way round', () => {
    expect(openNow(ENCRYPTED, 'key', sealNow(PLAIN, 'key', keep(1)))).to.equal('unknown-key')
    expect(openNow(SIGNED, 'key', sealNow(PLAIN, 'key', keep(1)))).to.equal('unknown-key')
    expect(openNow(PLAIN, 'key', sealNow(ENCRYPTED, 'key', keep(1)))).to.equal('unknown-key')
  })

  it('S32: a ring reads what any of its keys wrote; a key that is gone is a rejection', () => {
    const { first, second } = KEYS.keys as Record<'first' | 'second', string>
    const old = createSealer({ encryption: { current: 'first', keys: { first } } })
    const late = createSealer({ encryption: { current: 'second', keys: { second } } })
    const bytes = sealNow(old, 'key', keep('old'))
    expect(openNow(ENCRYPTED, 'key', bytes)).to.deep.include({ value: 'old' })
    expect(openNow(late, 'key', bytes)).to.equal('unknown-key')
    expect(openNow(late, 'key', sealNow(ENCRYPTED, 'key', keep('new')))).to.deep.include({
      value: 'new',
    })
  })

  it('S32: another key under the same id is a rejection like any other damage', () => {
    const other = createSealer({
      encryption: { current: 'second', keys: { second: randomBytes(32) } },
    })
    expect(openNow(other, 'key', sealNow(ENCRYPTED, 'key', keep(1)))).to.equal('corrupt')
  })

  it('S32: takes a key as bytes, hex and base64 alike', () => {
    const key = randomBytes(32)
    const forms = [
      key,
      new Uint8Array(key),
      key.toString('hex'),
      key.toString('base64'),
      key.toString('base64url'),
    ]
    const sealers = forms.map((form) =>
      createSealer({ encryption: { current: 'k', keys: { k: form } } }),
    )
    const bytes = sealNow(sealers[0] as Sealer, 'key', keep('same'))
    for (const sealer of sealers)
      expect(openNow(sealer, 'key', bytes)).to.deep.include({ value: 'same' })
  })

  it('S32: says once when the key has written so much that a new one is due', () => {
    const worn: string[] = []
    const onKeyWornOut = (keyId: string): never => {
      worn.push(keyId)
      throw new Error('the observer’s own trouble')
    }
    const sealer = createSealer({ encryption: { ...KEYS, wornOutAfter: 3, onKeyWornOut } })
    sealNow(sealer, 'key', keep(1))
    sealNow(sealer, 'key', keep(1))
    expect(worn).to.deep.equal([])
    sealNow(sealer, 'key', keep(1))
    sealNow(sealer, 'key', keep(1))
    expect(worn).to.deep.equal(['second'])
  })

  const secretText = 'hunter2-hunter2-hunter2'
  const wrong: readonly (readonly [string, unknown])[] = [
    ['no keys', { current: 'k' }],
    ['a current key that is not there', { current: 'toString', keys: { k: randomBytes(32) } }],
    ['a key of 16 bytes', { current: 'k', keys: { k: randomBytes(16) } }],
    ['a password', { current: 'k', keys: { k: secretText } }],
    ['a key that is a number', { current: 'k', keys: { k: 5 } }],
    ['hex of 31 bytes', { current: 'k', keys: { k: 'ab'.repeat(31) } }],
    ['a key of nothing', { current: 'k', keys: { k: Buffer.alloc(32) } }],
    ['an id with a space', { current: 'a k', keys: { 'a k': randomBytes(32) } }],
    ['a mode that does not exist', { ...KEYS, mode: 'hmac' }],
    ['a count that is none', { ...KEYS, wornOutAfter: Number.NaN }],
    ['a count that NIST forbids', { ...KEYS, wornOutAfter: 2 ** 33 }],
    ['a key in the place of its id', { ...KEYS, current: secretText }],
  ]
  for (const [description, encryption] of wrong) {
    it(`S32, S34: refuses ${description} at the door, and shows nothing of it`, () => {
      const create = (): Sealer => createSealer({ encryption: encryption as EncryptionKeys })
      expect(create)
        .to.throw(CacheConfigurationError)
        .with.property('message')
        .that.does.not.include('hunter2')
    })
  }

  it('S34: shows no key when it is printed', () => {
    const key = randomBytes(32)
    const sealer = createSealer({ encryption: { current: 'k', keys: { k: key } } })
    const printed = show(sealer, { depth: 9, showHidden: true }) + JSON.stringify(sealer)
    expect(printed).to.not.include(key.toString('hex').slice(0, 8))
    expect(printed).to.not.include(`${key[0]}, ${key[1]}`)
  })

  it('S32: does not follow a key that is changed after it was given', () => {
    const key = randomBytes(32)
    const sealer = createSealer({ encryption: { current: 'k', keys: { k: key } } })
    const bytes = sealNow(sealer, 'key', keep(1))
    key.fill(1)
    expect(openNow(sealer, 'key', bytes)).to.deep.include({ value: 1 })
  })
})
