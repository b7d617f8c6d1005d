import { CacheConfigurationError } from './errors.js'

/**
 * Returns a function that makes a value at its first call and returns the same value from then on.
 * A failure is not kept: the next call tries again.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Modules that `lazyRequire` finds here instead of loading them, by name; see `bundled.ts`. */
const provided = new Map<string, unknown>()

/** The name under which the built package provides the code that its files share. */
const CORE = './core.js'

/**
 * Registers the module that `lazyRequire(name)` returns, for bundles in which there is no file to
 * load.
 */
export function provideModule(name: string, module: unknown): void {
  provided.set(name, module)
}

/**
 * Returns a function that loads a module at its first call, synchronously (Node 20.19 and later can
 * require ES modules), so that unused modules cost no start-up time. `import()` would not do: a
 * missing module must fail where it is asked for.
 *
 * @param name a package, a module of Node (`node:zlib`), or a file of this package relative to this
 *   one (`./redis/redis-tier.js`)
 * @throws CacheConfigurationError from the returned function when the package is not installed, or
 *   when ES modules cannot be required; errors of the module itself are thrown unchanged
 */
export function lazyRequire<T>(name: string): () => T {
  return lazy(() => {
    if (provided.has(name)) return joined<T>(provided.get(name))
    // Not imported, because each imported module of Node adds to the start-up time, used or not.
    if (name.startsWith('node:')) return process.getBuiltinModule(name) as T
    const { createRequire } = process.getBuiltinModule('node:module')
    try {
      return joined<T>(createRequire(here())(name))
    } catch (error) {
      if (isMissing(error, name)) throw new CacheConfigurationError(name, whatToDo(name))
      if (codeOf(error) !== 'ERR_REQUIRE_ESM') throw error
      throw new CacheConfigurationError(name, NO_REQUIRE)
    }
  })
}

/** The shape of a built file that is loaded on first use: see `scripts/bundle.mjs`. */
interface Detached<T> {
  readonly withCore?: (core: unknown) => T
}

/**
 * Returns the module, handing it the shared code if it is a built file. The file does not import
 * that code, because tools that compile required modules (such as tsx) would import a second copy,
 * with classes and symbols of its own.
 */
function joined<T>(module: unknown): T {
  const { withCore } = module as Detached<T>
  return withCore === undefined ? (module as T) : withCore(provided.get(CORE))
}

/** The address of this file. Bundles in CommonJS have none, so the program's is used instead. */
function here(): string {
  return import.meta.url ?? process.argv[1] ?? process.execPath
}

/** Whether the module itself is missing, rather than one that it imports. */
function isMissing(error: unknown, name: string): boolean {
  return codeOf(error) === 'MODULE_NOT_FOUND' && String(error).includes(`'${name}'`)
}

/** Reads `code` without `instanceof Error`, as a test runner may throw errors of another realm. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/** Jest resolves packages as Node does, and so gets files that only Node itself can load. */
const NO_REQUIRE =
  'the module loader of this program cannot require ES modules, such as Jest before Node 24.9; ' +
  'have it resolve cachewright without the condition node-addons, which in Jest is the setting ' +
  "testEnvironmentOptions: { customExportConditions: ['node'] }"

/** Says how to fix a missing module: install a package, or bundle this one correctly. */
function whatToDo(name: string): string {
  return name.startsWith('.')
    ? 'this file of cachewright is missing; leave the package out of your bundle, or have the ' +
        'bundler resolve it without the condition node-addons'
    : `this package is not installed, but it is required: npm install ${name}`
}
