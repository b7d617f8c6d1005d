import { CacheConfigurationError } from './errors.js'

/** Makes a value at the first call and returns the same one ever after; a failure is not kept. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Modules that need not be looked for: see `bundled.ts`. By the name that they are asked for. */
const provided = new Map<string, unknown>()

/** The name under which the built package provides what its files share. */
const CORE = './core.js'

/** Says what `lazyRequire(name)` is to return, where there may be no file to load it from. */
export function provideModule(name: string, module: unknown): void {
  provided.set(name, module)
}

/**
 * Loads a module at the first call, once, and synchronously (Node ≥ 20.19 can require ES modules):
 * what a program never uses costs its start nothing. Not by `import()`, since what needs a module
 * is told at once, where it asks, when there is none.
 *
 * @param name a package, a part of Node (`node:zlib`), or a file of this package from here
 *   (`./redis/redis-tier.js`)
 * @throws CacheConfigurationError from the returned function when the package is not installed, and
 *   where ES modules cannot be required; what the module itself throws while it loads comes out unchanged
 */
export function lazyRequire<T>(name: string): () => T {
  return lazy(() => {
    if (provided.has(name)) return joined<T>(provided.get(name))
    // Not imported: every part of Node that is imported costs the start a little, needed or not.
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

/** What a file of ours that is loaded at first use is, when it is built: see `scripts/bundle.mjs`. */
interface Detached<T> {
  readonly withCore?: (core: unknown) => T
}

/**
 * Such a file is handed what it shares with the rest, instead of importing it: tools that compile
 * what is required (tsx does) would import a second copy of it, with classes and symbols of its own.
 */
function joined<T>(module: unknown): T {
  const { withCore } = module as Detached<T>
  return withCore === undefined ? (module as T) : withCore(provided.get(CORE))
}

/** Bundlers that write CommonJS leave no address of the file; then it is that of the program. */
function here(): string {
  return import.meta.url ?? process.argv[1] ?? process.execPath
}

/** The module itself is missing, not something it needs. */
function isMissing(error: unknown, name: string): boolean {
  return codeOf(error) === 'MODULE_NOT_FOUND' && String(error).includes(`'${name}'`)
}

/** Not by class: a test runner may have made the error in a realm of its own. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/** Jest resolves as Node does, and so gets what only Node can load. */
const NO_REQUIRE =
  'this program is run by a loader of modules that cannot require ES modules, as Jest before Node ' +
  '24.9; have it resolve cachewright without the condition node-addons, which in Jest is the setting ' +
  "testEnvironmentOptions: { customExportConditions: ['node'] }"

/** Packages are installed; a file of ours can only have been lost on the way into a bundle. */
function whatToDo(name: string): string {
  return name.startsWith('.')
    ? 'this file of cachewright is not beside the others; leave the package out of your bundle, or ' +
        'have the bundler resolve it without the condition node-addons'
    : `this package is not installed, and what was asked for needs it: npm install ${name}`
}
