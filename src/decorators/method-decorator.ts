/**
 * The types of method decorators. They check a decorator's callbacks against the method it stands
 * on, in both dialects.
 *
 * Element types are checked by constraints and not by conditional types, because the latter stay
 * unresolved inside generic classes (`find(id: T['id'])`) and would refuse every method there.
 * Only the number of parameters is checked by a conditional type, on tuples of `unknown`.
 *
 * The decorators' functions return these types under `NoInfer`: a standard decorator's call has a
 * contextual type, from which the compiler would otherwise infer nonsense for what was not given.
 */

declare const why: unique symbol

/** A type that nothing is assignable to; what is wrong stands in the compiler's message. */
export interface Complaint<Message extends string> {
  // A function, because two complaints at once would otherwise be `never`, which says nothing.
  readonly [why]: () => Message
}

/** A list of parameters, as callbacks have them; `never` for a callback that was not given. */
export type Parameter = readonly unknown[]

/** Any method that returns a promise of `Result`. */
export type PromiseMethod<Result = unknown> = (...args: never) => PromiseLike<Result>

/** The parameters of a method. */
export type ParametersOf<Fn> = Fn extends (...args: infer List extends Parameter) => unknown
  ? List
  : never

/** What a method returns a promise of. */
export type ResultOf<Fn> = Fn extends PromiseMethod<infer Result> ? Result : never

/**
 * The type of what a callback gets where nobody wrote one: whatever uses it fails, and the message
 * shows how to annotate it. The language has no other type for it, as a decorator's options do not
 * see the method below them.
 */
export interface Annotate<Example extends string = '(id: string) => ...'>
  extends Complaint<Example> {}

/** The same for the `this` of a callback that is a `function`. */
export type AnnotateThis = Annotate<'function (this: UserService) { ... }'>

/** The parameters a callback is offered: those of the method that was named, if one was. */
export type OfferedBy<Fn> = [Fn] extends [never] ? readonly Annotate[] : ParametersOf<Fn>

/** The result a callback is offered: that of the method that was named, if one was. */
export type ResultOfferedBy<Fn> = [Fn] extends [never] ? Annotate : ResultOf<Fn>

/** Parameters as they were written: `never` for those that are still what was offered. */
export type Written<List extends Parameter> = [List, readonly Annotate[]] extends [
  readonly Annotate[],
  List,
]
  ? never
  : List

/** `Written` for each of the lists. */
export type AllWritten<Lists extends readonly Parameter[]> = {
  [Index in keyof Lists]: Written<Lists[Index]>
}

/** A result, item or instance as it was written: `unknown` where it is still what was offered. */
export type WrittenType<Type> = [Type] extends [Annotate<string>] ? unknown : Type

/** What the method's parameters must be: a list at least. Not an intersection with one, whose messages are unreadable. */
export type ListOf<Accepted> = Accepted extends Parameter ? Accepted : Parameter

/** What the method's parameters must be for callbacks with each of these parameter lists. */
export type Accepts<Lists extends readonly Parameter[]> = Lists extends readonly [
  infer First extends Parameter,
  ...infer Others extends readonly Parameter[],
]
  ? AcceptsOne<First> & Accepts<Others>
  : unknown

type AcceptsOne<List extends Parameter> = [List] extends [readonly []] ? unknown : Longer<List>

/**
 * The list, or one with more parameters. Their types are unknown, so that two lists that contradict
 * each other make one that no method takes.
 */
export type Longer<List extends Parameter> = number extends List['length']
  ? List
  : [...List, ...unknown[]]

/** Nothing, or what is wrong: a callback must not want more arguments than every call gives. */
export type CheckArity<Fn, Lists extends readonly Parameter[]> =
  Shape<ParametersOf<Fn>> extends AtLeast<Lists>
    ? unknown
    : Complaint<'a callback wants more parameters than the method is sure to get'>

/** A parameter list without its types: how many there are, and which of them may be left out. */
export type Shape<List extends Parameter> = { [Index in keyof List]: unknown }

type AtLeast<Lists extends readonly Parameter[]> = Lists extends readonly [
  infer First extends Parameter,
  ...infer Others extends readonly Parameter[],
]
  ? ([First] extends [never] ? unknown : readonly [...Shape<First>, ...unknown[]]) & AtLeast<Others>
  : unknown

/** What the class must not look like in a legacy decorator: a constructor, which statics get. */
export interface NotStatic {
  readonly prototype?: Complaint<'a static method cannot be cached: make it an instance method'>
}

/** What a standard decorator is told about a method that can be cached. */
export interface InstanceMethodContext<This> {
  readonly kind: 'method'
  readonly static: false
  readonly private: false
  readonly access: { has(object: This): boolean }
}

/** A standard decorator's context, of a class that suits `Class`. */
export interface OfClass<Class> {
  readonly access: { has(object: Class): boolean }
}

/** Nothing, or what is wrong: callbacks that name their `this` must name one that the class is. */
export type CheckInstance<This, Instance> = [This] extends [Instance]
  ? unknown
  : Complaint<'a callback names a `this` that is not this class'>

/**
 * A decorator for methods that return a promise of `Result`, whose parameters suit callbacks with
 * the parameter lists `Lists`, in classes that are an `Instance`.
 */
export interface MethodCacheDecorator<
  Lists extends readonly Parameter[] = [],
  Result = unknown,
  Instance = unknown,
> {
  /** As a standard decorator (TC39). */
  <
    This,
    Actual extends ListOf<Accepts<Lists>>,
    Fn extends (this: This, ...args: never) => PromiseLike<Result>,
  >(
    value: Fn & CheckArity<NoInfer<Fn>, Lists> & ((this: This, ...args: Actual) => unknown),
    context: InstanceMethodContext<This> & CheckInstance<This, Instance>,
  ): Fn
  /** As a legacy decorator. `{ value? }` because TypedPropertyDescriptor is invariant through `set`. */
  <This extends object, Actual extends ListOf<Accepts<Lists>>, Fn extends PromiseMethod<Result>>(
    target: This & NotStatic & CheckInstance<NoInfer<This>, Instance>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> &
      CheckArity<NoInfer<Fn>, Lists> & { value?: (...args: Actual) => unknown },
  ): TypedPropertyDescriptor<Fn> | void
}
