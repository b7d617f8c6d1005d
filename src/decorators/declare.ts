import type { ClassReference } from '../options/entry-reference.js'
import {
  type CacheOperation,
  DECLARATIONS,
  type DeclarationHolder,
  type Method,
  MethodRecord,
  ownRecordsOf,
} from './declaration.js'
import { dispatcherFor } from './dispatcher.js'
import { refuse, refuseUnlessMethod } from './refusal.js'

/** What a method decorator's function is called with, in either dialect. */
type Received = readonly unknown[]

/** The part of a TC39 method decorator's context that is used. */
interface StandardContext {
  readonly kind: string
  readonly name: string | symbol
  readonly static: boolean
  readonly private: boolean
  /** Absent where the compiler emits none. */
  readonly metadata?: object
}

// Compilers emit metadata for standard decorators only if the symbol exists when a class is
// defined, and no Node has it yet. Decorated classes import this module, so it exists in time.
if (Reflect.get(Symbol, 'metadata') === undefined) {
  Object.defineProperty(Symbol, 'metadata', { value: Symbol.for('Symbol.metadata') })
}

/**
 * The function that records an operation on the method it decorates, as a legacy decorator
 * (`experimentalDecorators`) and as a standard one (TC39), and sees to it that the method has its
 * dispatcher. It never runs or changes the method.
 *
 * @param decorator the decorator's name as the user wrote it, such as `@Cached`
 */
export function declare(
  decorator: string,
  operationFor: (label: string) => CacheOperation,
): (...received: Received) => unknown {
  return (...received) => {
    const [first, second] = received
    return isStandardContext(second)
      ? declareStandard(decorator, operationFor, first, second)
      : declareLegacy(decorator, operationFor, received)
  }
}

function isStandardContext(second: unknown): second is StandardContext {
  return typeof second === 'object' && second !== null && 'kind' in second
}

function declareStandard(
  decorator: string,
  operationFor: (label: string) => CacheOperation,
  value: unknown,
  context: StandardContext,
): unknown {
  // The class has no name yet: a standard decorator runs before its class exists.
  const label = String(context.name)
  const place = context.static ? 'static' : context.private ? 'private' : context.kind
  if (place !== 'method') refuse(decorator, label, place)
  refuseUnlessMethod(decorator, label, value)

  const known = [...ownRecordsOf(context.metadata), ...ownRecordsOf(value)].find(
    (record) => record.methodName === context.name,
  )
  if (known !== undefined) {
    known.add(operationFor(label))
    return value
  }
  const record = new MethodRecord(context.name, value)
  record.add(operationFor(label))
  if (context.metadata !== undefined) hold(context.metadata, record)
  return dispatcherOf(record)
}

function declareLegacy(
  decorator: string,
  operationFor: (label: string) => CacheOperation,
  [target, name, descriptor]: Received,
): unknown {
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    refuse(decorator, nameOf(target), typeof descriptor === 'number' ? 'parameter' : 'class')
  }
  const owner = typeof target === 'function' ? target : (target as object).constructor
  const label = `${nameOf(owner)}.${String(name)}`
  if (typeof descriptor === 'number') refuse(decorator, label, 'parameter')
  if (typeof target === 'function') refuse(decorator, label, 'static')
  if (typeof descriptor !== 'object' || descriptor === null) refuse(decorator, label, 'field')
  const { get, set, value } = descriptor as PropertyDescriptor
  if (get !== undefined || set !== undefined) refuse(decorator, label, 'accessor')
  refuseUnlessMethod(decorator, label, value)

  const known = ownRecordsOf(target).find((record) => record.methodName === name)
  if (known !== undefined) {
    known.add(operationFor(label))
    return descriptor
  }
  const record = new MethodRecord(name, value, owner as unknown as ClassReference)
  record.add(operationFor(label))
  hold(target as object, record)
  return { ...descriptor, value: dispatcherOf(record) }
}

function nameOf(constructor: unknown): string {
  return (typeof constructor === 'function' && constructor.name) || '(anonymous class)'
}

function dispatcherOf(record: MethodRecord): Method {
  const dispatcher = dispatcherFor(record)
  hold(dispatcher, record)
  return dispatcher
}

/** Adds a record to an object's own list: a subclass must never write into its base class's. */
function hold(holder: DeclarationHolder, record: MethodRecord): void {
  const value = [...ownRecordsOf(holder), record]
  Object.defineProperty(holder, DECLARATIONS, { value, configurable: true })
}
