import { createRequire } from 'node:module'

import { CacheConfigurationError } from './errors.js'

/** Makes a value at the first call and returns the same one ever after; a failure is not kept. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/**
 * Loads a module at the first call, once, and synchronously (Node ≥ 20.19 can require ES modules):
 * what a program never uses costs its start nothing.
 *
 * @throws CacheConfigurationError from the returned function when the package is not installed;
 *   what the module itself throws while it loads comes out unchanged
 */
export function lazyRequire<T>(name: string): () => T {
  return lazy(() => {
    try {
      return createRequire(import.meta.url)(name) as T
    } catch (error) {
      if (!isMissing(error, name)) throw error
      throw new CacheConfigurationError(name, `the package (npm install ${name})`, undefined)
    }
  })
}

/** The package itself is missing, not something it needs. */
function isMissing(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' &&
    error.message.includes(`'${name}'`)
  )
}
