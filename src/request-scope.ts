import { AsyncLocalStorage } from 'node:async_hooks'

import { aFunction } from './options/rules.js'
import { newToken } from './token.js'

const requests = new AsyncLocalStorage<string>()

/**
 * Runs `work` as one request. Entries whose `scope` is `requestScope` keep their results for this
 * request alone, and a read inside sees every evict made before it inside. A nested call joins the
 * outer request.
 *
 * @example
 * app.use((request, response, next) => runInRequestScope(next))
 */
export function runInRequestScope<T>(work: () => T): T {
  aFunction(work, 'runInRequestScope')
  if (requests.getStore() !== undefined) return work()
  return requests.run(`request:${newToken()}`, work)
}

/**
 * Returns the scope of the current request, for the option `scope`. Outside `runInRequestScope`
 * there is none, and calls bypass the cache. Keep such entries in memory only.
 *
 * @example
 * @Cached({ scope: requestScope, tiers: ['memory'] })
 */
export function requestScope(): string | undefined {
  return requests.getStore()
}
