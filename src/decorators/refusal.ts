import { CacheDeclarationError } from '../errors.js'
import type { CacheOperation, Method } from './declaration.js'

/** What a decorator may find itself on, and what to write instead. */
const PLACES: Readonly<Record<string, readonly [found: string, remedy: string]>> = {
  static: ['a static method', 'make it an instance method: a cache is given to instances'],
  private: [
    'a private #method',
    "write it with TypeScript's `private` keyword: nobody can look up a #name from outside the class",
  ],
  accessor: ['an accessor', 'cache a method, and let the accessor call it'],
  getter: ['a getter', 'cache a method, and let the getter call it'],
  setter: ['a setter', 'put the decorator on a method'],
  field: ['a field', 'write the function as a method: a field is made anew for every instance'],
  class: ['a class', 'put it on a method; defaults for a whole class go into @CacheConfig'],
  parameter: ['a parameter', 'put it on the method'],
  generator: ['a generator', 'collect the items in an async method, and cache that'],
}

/** @throws CacheDeclarationError always: it says what was found, what is expected, and what to do */
export function refuse(decorator: string, label: string, place: string): never {
  const [found, remedy] = PLACES[place] ?? [`a ${place}`, 'put it on a method']
  throw new CacheDeclarationError(
    `${decorator} on ${label}: expected an instance method that returns a promise, found ${found}. ` +
      `What to do: ${remedy}`,
  )
}

/**
 * Refuses a decorator that stands there without parentheses: what is decorated comes in place of
 * its options, a function or, of a legacy decorator, the class's prototype. Unrefused it would hand
 * out a decorator that nobody applies, and the method would stay as it is without a word.
 */
export function refuseBare(decorator: string, options: unknown): void {
  const name = nameOfDecorated(options)
  if (name === undefined) return
  throw new CacheDeclarationError(
    `${decorator} on ${name}: expected parentheses behind the decorator, found none. ` +
      `What to do: write ${decorator}(…), with its options between them`,
  )
}

/** The function, the class or the class of the prototype; undefined for what may be options. */
function nameOfDecorated(options: unknown): string | undefined {
  if (typeof options === 'function') return options.name || '(anonymous)'
  if (typeof options !== 'object' || options === null) return undefined
  if (!Object.hasOwn(options, 'constructor')) return undefined
  const owner: unknown = options.constructor
  const isPrototype = typeof owner === 'function' && owner.prototype === options
  return isPrototype ? owner.name || '(anonymous class)' : undefined
}

/**
 * Refuses what is no function, and generators. A method that returns no promise is a compile error;
 * here it looks like one that does, so that is found out when it is called.
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

/**
 * Refuses two decorators that both say how the method's own results are cached. Puts, evictions and
 * warm-ups may stand there as often as one likes.
 */
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
        'What to do: write one, with all options',
    )
  }
}
