import { AsyncLocalStorage } from 'node:async_hooks'

import { aFunction } from './options/rules.js'
import { newToken } from './token.js'

const requests = new AsyncLocalStorage<string>()

/**
 * Runs `work` as one request: entries whose `scope` is `requestScope` are kept for it alone, and an
 * evict inside is seen by the very next read inside. A request within another one is part of it.
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
 * The scope of the current request, for the option `scope`. Outside `runInRequestScope` there is
 * none, and calls pass by the cache. Such entries are best kept in memory only.
 *
 * @example
 * @Cached({ scope: requestScope, tiers: ['memory'] })
 */
export function requestScope(): string | undefined {
  return requests.getStore()
}
