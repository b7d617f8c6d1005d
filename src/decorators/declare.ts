import type { ClassReference } from '../options/entry-reference.js'
import {
  type CacheOperation,
  DECLARATIONS,
  type Method,
  MethodRecord,
  ownRecordsOf,
} from './declaration.js'
import { dispatcherFor } from './dispatcher.js'
import { refuse, refuseBare, refuseSecond, refuseUnlessMethod } from './refusal.js'

/** A method to which a decorator is applied. */
export interface DecoratedMethod {
  readonly name: string | symbol
  /** Name in messages: `Class.method`, or `method` while the class is unknown. */
  readonly label: string
  /** The current function: the method, our dispatcher, or another decorator's wrapper of either. */
  readonly value: Method
  /** The object that keeps the records of its class; undefined when only the function can. */
  readonly holder: object | undefined
  /** The class, if it is known. */
  readonly owner: ClassReference | undefined
}

/** The arguments of a method decorator, legacy or standard. */
type Received = readonly unknown[]

/** The part of a TC39 method decorator's context that is used. */
interface StandardContext {
  readonly kind: string
  readonly name: string | symbol
  readonly static: boolean
  readonly private: boolean
  /** Missing when the compiler emits no metadata. */
  readonly metadata?: object
}

// Compilers emit metadata for standard decorators only if `Symbol.metadata` exists when a class is
// defined, which no Node provides yet. Decorated classes import this module, so it exists in time.
if (Reflect.get(Symbol, 'metadata') === undefined) {
  Object.defineProperty(Symbol, 'metadata', {
    value: Symbol.for('Symbol.metadata'),
    writable: true,
    configurable: true,
  })
}

/**
 * Returns a decorator, legacy (`experimentalDecorators`) and standard (TC39) in one, that records
 * an operation on a method and puts a dispatcher in the method's place. It never runs the method.
 *
 * @param decorator the decorator's name as the user wrote it, such as `@Cached`
 * @param options what the decorator was called with; only checked for missing parentheses
 * @param operationFor makes the operation, and throws for invalid options
 */
export function declare<Decorator extends (...received: never[]) => unknown>(
  decorator: string,
  options: unknown,
  operationFor: (method: DecoratedMethod) => CacheOperation,
): Decorator {
  refuseBare(decorator, options)
  const apply = (...received: Received): unknown => {
    const [value, context] = received
    if (isStandardContext(context)) {
      const method = standardMethod(decorator, value, context)
      return record(decorator, method, operationFor(method))
    }
    const [descriptor, method] = legacyMethod(decorator, received)
    return { ...descriptor, value: record(decorator, method, operationFor(method)) }
  }
  // The decorator's own type checks what it is used on, and `apply` checks it again.
  return apply as unknown as Decorator
}

function isStandardContext(second: unknown): second is StandardContext {
  return typeof second === 'object' && second !== null && 'kind' in second
}

function standardMethod(
  decorator: string,
  value: unknown,
  context: StandardContext,
): DecoratedMethod {
  const { name, metadata } = context
  const label = String(name)
  const place = context.static ? 'static' : context.private ? 'private' : context.kind
  if (place !== 'method') refuse(decorator, label, place)
  refuseUnlessMethod(decorator, label, value)
  return { name, label, value, holder: metadata, owner: undefined }
}

function legacyMethod(
  decorator: string,
  [target, name, descriptor]: Received,
): [PropertyDescriptor, DecoratedMethod] {
  const isClass = typeof target === 'function'
  const owner = isClass ? target : (target as object).constructor
  const className = owner.name || '(anonymous class)'
  if (typeof descriptor === 'number') refuse(decorator, className, 'parameter')
  if (typeof name !== 'string' && typeof name !== 'symbol') refuse(decorator, className, 'class')
  const label = `${className}.${String(name)}`
  if (isClass) refuse(decorator, label, 'static')
  if (typeof descriptor !== 'object' || descriptor === null) refuse(decorator, label, 'field')
  const { get, set, value } = descriptor as PropertyDescriptor
  if (get !== undefined || set !== undefined) refuse(decorator, label, 'accessor')
  refuseUnlessMethod(decorator, label, value)
  const method = { name, label, value, holder: target as object, owner: owner as never }
  return [descriptor, method]
}

/** Records the operation and returns the function to put in the method's place. */
function record(decorator: string, method: DecoratedMethod, operation: CacheOperation): Method {
  const { name, value, holder, owner } = method
  const known = recordOf(method)
  if (known !== undefined) {
    refuseSecond(decorator, method.label, known.operations, operation)
    known.add(operation)
    return value
  }
  const created = new MethodRecord(name, value, owner)
  created.add(operation)
  if (holder !== undefined) hold(holder, created)
  const dispatcher = dispatcherFor(created)
  hold(dispatcher, created)
  return dispatcher
}

/**
 * Returns the existing record of a method. Looks it up by name and not only on the function,
 * because another library's decorator may have wrapped our dispatcher in between.
 */
function recordOf({ name, value, holder }: DecoratedMethod): MethodRecord | undefined {
  const records = holder === undefined ? ownRecordsOf(value) : ownRecordsOf(holder)
  return records.find((candidate) => candidate.methodName === name)
}

/** Adds a record to an object's own list. A subclass must not add to the list of its base class. */
function hold(holder: object, added: MethodRecord): void {
  const value = [...ownRecordsOf(holder), added]
  Object.defineProperty(holder, DECLARATIONS, { value, configurable: true })
}
