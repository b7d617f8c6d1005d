import { expect } from 'chai'

import { runtimeOf } from '../../../src/decorators/runtime.js'
import type { Plain } from './services.js'

let keys = 0

/** The dispatcher finds a runtime, and the second call does not run the method. */
export async function expectWoven(service: Plain): Promise<void> {
  expect(runtimeOf(service), 'the runtime').not.equal(undefined)
  expect(await runsOfTwoCalls(service), 'runs of two calls').equal(1)
}

/** The methods are as they were written. */
export async function expectNotWoven(service: Plain): Promise<void> {
  expect(runtimeOf(service), 'the runtime').equal(undefined)
  expect(await runsOfTwoCalls(service), 'runs of two calls').equal(2)
}

/** The dispatcher finds a runtime, and runs the method each time. */
export async function expectPlainCalls(service: Plain): Promise<void> {
  expect(await runsOfTwoCalls(service), 'runs of two calls').equal(2)
}

/** How often a method runs when it is called twice with a key of its own. */
async function runsOfTwoCalls(service: Plain): Promise<number> {
  const key = `key ${(keys += 1)}`
  const results = [await service.load(key), await service.load(key)]
  expect(results[1]).equal(results[0])
  return service.calls.filter((call) => call === key).length
}
