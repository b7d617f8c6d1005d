import { CacheDeclarationError } from '../errors.js'
import type { CacheOperation, Method } from './declaration.js'

/** The places where a decorator cannot be used, and what to do instead. */
const PLACES: Readonly<Record<string, readonly [found: string, remedy: string]>> = {
  static: ['a static method', 'make it an instance method: only instances are woven to a cache'],
  private: [
    'a private #method',
    "use TypeScript's `private` keyword: a #name cannot be accessed from outside the class",
  ],
  accessor: ['an accessor', 'cache a method, and let the accessor call it'],
  getter: ['a getter', 'cache a method, and let the getter call it'],
  setter: ['a setter', 'put the decorator on a method'],
  field: ['a field', 'write the function as a method: a field is created for each instance'],
  class: ['a class', 'put it on a method; defaults for a whole class go into @CacheConfig'],
  parameter: ['a parameter', 'put it on the method'],
  generator: ['a generator', 'collect the items in an async method, and cache that'],
}

/**
 * Refuses a decorator because of where it is used.
 *
 * @throws CacheDeclarationError always, naming what was found, what is expected and what to do
 */
export function refuse(decorator: string, label: string, place: string): never {
  const [found, remedy] = PLACES[place] ?? [`a ${place}`, 'put it on a method']
  throw new CacheDeclarationError(
    `${decorator} on ${label}: expected an instance method that returns a promise, found ${found}. ` +
      `What to do: ${remedy}`,
  )
}

/**
 * Refuses a decorator that is used without parentheses. The decorated function or prototype then
 * arrives in place of the options, and the method would silently stay uncached.
 */
export function refuseBare(decorator: string, options: unknown): void {
  const name = nameOfDecorated(options)
  if (name === undefined) return
  throw new CacheDeclarationError(
    `${decorator} on ${name}: expected parentheses after the decorator, found none. ` +
      `What to do: write ${decorator}(…), with the options inside`,
  )
}

/**
 * Returns the name of what was decorated: a function, a class, or the class of a prototype. Returns
 * undefined for a value that may be options.
 */
function nameOfDecorated(options: unknown): string | undefined {
  if (typeof options === 'function') return options.name || '(anonymous)'
  if (typeof options !== 'object' || options === null) return undefined
  if (!Object.hasOwn(options, 'constructor')) return undefined
  const owner: unknown = options.constructor
  const isPrototype = typeof owner === 'function' && owner.prototype === options
  return isPrototype ? owner.name || '(anonymous class)' : undefined
}

/**
 * Refuses values that are not functions, and generators. A method that does not return a promise is
 * a compile error; at run time it is found out only when it is called.
 */
export function refuseUnlessMethod(
  decorator: string,
  label: string,
  value: unknown,
): asserts value is Method {
  if (typeof value !== 'function') refuse(decorator, label, 'field')
  const kind: unknown = Reflect.get(value, Symbol.toStringTag)
  if (kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction') {
    refuse(decorator, label, 'generator')
  }
}

/** Refuses a second `@Cached` or `@CachedMany` on one method. Other decorators may be repeated. */
export function refuseSecond(
  decorator: string,
  label: string,
  operations: readonly CacheOperation[],
  added: CacheOperation,
): void {
  const isReadThrough = ({ kind }: CacheOperation) => kind === 'cached' || kind === 'cached-many'
  if (isReadThrough(added) && operations.some(isReadThrough)) {
    throw new CacheDeclarationError(
      `${decorator} on ${label}: expected one of @Cached and @CachedMany on a method, found two. ` +
        'What to do: keep one, with all options',
    )
  }
}
