import { expect } from 'chai'
import fc from 'fast-check'

import type { Isolation } from '../../src/engine/policy.js'
import { prepare, prepareDecoded } from '../../src/values/isolation.js'
import { createSealer } from '../../src/values/sealer.js'
import { plainValue, storable } from './arbitraries.js'
import { differenceOf } from './difference.js'
import { keep, MAX_BYTES, openNow, sealNow } from './sealing.js'

/** Every object that can be reached from `value`. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found
  found.add(value)
  if (value instanceof Map || value instanceof Set) {
    for (const part of [...value].flat() as unknown[]) objectsIn(part, found)
  }
  if (!ArrayBuffer.isView(value)) for (const part of Object.values(value)) objectsIn(part, found)
  return found
}

/** Changes everything that can be changed in `value`, and tells whether something was. */
function vandalize(value: unknown): boolean {
  const objects = objectsIn(value)
  for (const target of objects) {
    if (target instanceof Map || target instanceof Set) target.clear()
    else if (target instanceof Date) target.setTime(77)
    else if (target instanceof URL) target.href = 'http://vandal.example/'
    else if (ArrayBuffer.isView(target)) new Uint8Array(target.buffer).fill(77)
    else if (target instanceof ArrayBuffer) new Uint8Array(target).fill(77)
    else vandalizeProperties(target)
  }
  return objects.size > 0
}

function vandalizeProperties(target: object): void {
  for (const name of Object.keys(target)) Reflect.deleteProperty(target, name)
  Reflect.set(target, 'vandal', true)
  if (Array.isArray(target) && !Object.isFrozen(target)) target.length = 0
}

describe('what is kept of a result', function () {
  this.timeout(60_000)

  const isolations: readonly Isolation[] = ['freeze', 'copy']
  for (const isolation of isolations) {
    it(`I24: no caller changes what another one gets (${isolation})`, () => {
      const sealer = createSealer({})
      const property = fc.property(storable, fc.boolean(), (value, throughRedis) => {
        const reference = keep(value, 'copy').take()
        let stored = keep(value, isolation)
        if (throughRedis) {
          const decoded = openNow(sealer, 'key', sealNow(sealer, 'key', stored))
          if (typeof decoded === 'string') throw new Error(decoded)
          stored = prepareDecoded(decoded, isolation)
        }
        for (let turn = 0; turn < 2; turn++) vandalize(stored.take())
        expect(differenceOf(stored.take(), reference), 'a later caller').to.equal(undefined)
        expect(differenceOf(value, reference), 'the loader').to.equal(undefined)
        vandalize(value)
        expect(differenceOf(stored.take(), reference), 'after the loader').to.equal(undefined)
      })
      fc.assert(property, { numRuns: 5_000 })
    })
  }

  it('I24: with freeze, plain JSON is one frozen copy for all', () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        const stored = keep(value, 'freeze')
        expect(stored.shared).to.equal(true)
        expect(stored.take()).to.equal(stored.value)
        for (const object of objectsIn(stored.take()))
          expect(Object.isFrozen(object)).to.equal(true)
        for (const object of objectsIn(value)) expect(Object.isFrozen(object)).to.equal(false)
      }),
      { numRuns: 1_000 },
    )
  })

  it('I24: with freeze, a decoded value is frozen where it is, and not copied', () => {
    const value = { list: [{ a: 1 }], ['__proto__']: { b: [] } }
    const stored = prepareDecoded({ value, kind: 'plain', bytes: 1 }, 'freeze')
    expect(stored.take()).to.equal(value)
    for (const object of objectsIn(value)) expect(Object.isFrozen(object)).to.equal(true)
  })

  it('I24: anything else is a new copy for every caller', () => {
    for (const [value, isolation] of [
      [{ at: new Date(0) }, 'freeze'],
      [{ a: 1 }, 'copy'],
    ] as const) {
      const stored = keep(value, isolation)
      expect(stored.shared).to.equal(false)
      expect(stored.take()).to.not.equal(stored.take())
      expect(stored.take()).to.deep.equal(value)
      expect(stored.value).to.not.equal(value)
    }
  })

  it('I24: with share, everybody gets the loader’s own object', () => {
    const value = { list: [1] }
    const stored = keep(value, 'share')
    expect(stored.take()).to.equal(value)
    expect(stored.shared).to.equal(true)
    expect(Object.isFrozen(value)).to.equal(false)
    const decoded = prepareDecoded({ value, kind: 'plain', bytes: 1 }, 'share')
    expect(decoded.take()).to.equal(value)
  })

  it('I25: a shared object that was changed is written as it is now, or not at all', () => {
    const sealer = createSealer({})
    const value: Record<string, unknown> = { a: 1 }
    const stored = keep(value, 'share')
    value['at'] = new Date(5)
    expect(openNow(sealer, 'key', sealNow(sealer, 'key', stored))).to.deep.include({
      kind: 'rich',
      value: { a: 1, at: new Date(5) },
    })
    value['run'] = () => 1
    expect(() => sealNow(sealer, 'key', stored)).to.throw('not sealed')
  })

  it('hands out primitives as they are', () => {
    for (const value of [null, undefined, true, 0, -0, Number.NaN, 'text', 5n]) {
      for (const isolation of ['freeze', 'copy', 'share'] as const) {
        const stored = keep(value, isolation)
        expect(Object.is(stored.take(), value)).to.equal(true)
        expect(stored).to.include({ shared: true, isLive: false })
      }
    }
  })

  it('I24: keeps binary data in memory of its own', () => {
    const copy = keep(Buffer.from('abc')).take() as Buffer
    expect(copy.buffer.byteLength).to.equal(3)
    expect(Buffer.isBuffer(copy)).to.equal(true)
  })

  it('tells why a result is not kept', () => {
    expect(prepare({ a: Symbol('a') }, 'freeze', MAX_BYTES)).to.deep.equal({
      kind: 'refused',
      path: 'result.a',
      reason: 'symbol',
    })
    expect(prepare('x'.repeat(200), 'share', 100)).to.include({ reason: 'too-large' })
  })

  it('never throws, also where the stack is nearly exhausted', () => {
    const deep = JSON.parse(`${'['.repeat(450)}${']'.repeat(450)}`) as unknown
    // Fifty levels of this take less stack than the value does.
    const dive = (level: number): unknown => {
      const stored = level % 50 === 0 ? prepare(deep, 'copy', MAX_BYTES) : undefined
      return stored !== undefined && 'reason' in stored ? stored.reason : dive(level + 1)
    }
    expect(dive(0)).to.equal('threw')
  })
})
