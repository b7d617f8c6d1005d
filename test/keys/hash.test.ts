import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'

import { xxh3 as native } from '@node-rs/xxhash'
import { expect } from 'chai'
import * as fc from 'fast-check'

import { fingerprint, xxh3 } from '../../src/keys/hash.js'
import { xxh3Digest128 } from '../../src/keys/xxh3.js'

const hashModule = new URL('../../src/keys/hash.js', import.meta.url).href
const canonicalModule = new URL('../../src/keys/canonical.js', import.meta.url).href

describe('the digests of a text', () => {
  it('are the XXH3-128 in 32 digits, with leading zeros', () => {
    expect(xxh3('')).to.equal('99aa06d3014798d86001c324468d497f')
    expect(xxh3('a')).to.equal('a96faf705af16834e6c632b61e964e1f')
    const padded = Array.from({ length: 200 }, (_, index) => xxh3(`n${index}`))
    expect(padded.every((digest) => /^[0-9a-f]{32}$/.test(digest))).to.equal(true)
    expect(padded.some((digest) => digest.startsWith('0'))).to.equal(true)
  })

  it('are the first half of the SHA-256', () => {
    for (const text of ['', 'a', 'é😀', 'x'.repeat(5_000)]) {
      const expected = createHash('sha256').update(text).digest().toString('latin1', 0, 16)
      expect(fingerprint(text)).to.equal(expected)
    }
  })

  it('are the same without the native binding', async () => {
    const texts = [
      '',
      'a',
      'abcd',
      'é😀',
      ...[9, 17, 129, 241, 1_025].map((length) => 'x'.repeat(length)),
    ]
    const hidden = await runHidden(texts)
    expect(hidden.hidden).to.equal(true)
    expect(hidden.digests).to.deep.equal(texts.map((text) => xxh3(text)))
  })

  it('cost nothing at import: neither xxhash nor node:crypto is loaded before the first digest', async () => {
    const loaded = await run(`
      import { createRequire } from 'node:module'
      await import(${JSON.stringify(canonicalModule)})
      const { fingerprint, xxh3 } = await import(${JSON.stringify(hashModule)})
      const { cache } = createRequire(${JSON.stringify(hashModule)})
      const heavy = () => [
        process.moduleLoadList.includes('NativeModule crypto'),
        Object.keys(cache).some((name) => name.includes('xxhash')),
      ]
      const before = heavy()
      fingerprint('a')
      xxh3('a')
      console.log(JSON.stringify({ before, after: heavy() }))
    `)
    expect(loaded).to.deep.equal({ before: [false, false], after: [true, true] })
  })
})

describe('the XXH3-128 that stands in for the native one', () => {
  it('is bit-equal for every length from 0 to 2,100', () => {
    for (let length = 0; length <= 2_100; length++) {
      const text = Array.from({ length }, (_, index) => {
        return String.fromCharCode(32 + ((index * 7 + length * 13) % 95))
      }).join('')
      expect(xxh3Digest128(text) === native.xxh128(text), `${length}`).to.equal(true)
    }
  })

  it('is bit-equal for any text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400, size: 'max' })
    fc.assert(
      fc.property(text, (any) => {
        expect(xxh3Digest128(any)).to.equal(native.xxh128(any))
      }),
      { numRuns: 1_000 },
    )
  }).timeout(60_000)
})

/** Digests from a process in which the package is installed and its binary is not. */
async function runHidden(texts: string[]): Promise<{ hidden: boolean; digests: string[] }> {
  return (await run(`
    import Module, { createRequire } from 'node:module'
    const load = Module._load
    Module._load = function (name, ...rest) {
      if (name.endsWith('.node') || name.startsWith('@node-rs/xxhash-')) {
        throw Object.assign(new Error('no such binary'), { code: 'MODULE_NOT_FOUND' })
      }
      return load.call(this, name, ...rest)
    }
    let hidden = false
    try {
      createRequire(${JSON.stringify(hashModule)})('@node-rs/xxhash')
    } catch {
      hidden = true
    }
    const { xxh3 } = await import(${JSON.stringify(hashModule)})
    console.log(JSON.stringify({ hidden, digests: ${JSON.stringify(texts)}.map((text) => xxh3(text)) }))
  `)) as { hidden: boolean; digests: string[] }
}

async function run(program: string): Promise<unknown> {
  const flags = ['--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  return JSON.parse(stdout)
}
