/**
 * The types of method decorators. They check a decorator's callbacks against the method that it is
 * used on, as a legacy and as a standard decorator.
 *
 * Types of parameters are checked by constraints. Conditional types would stay unresolved inside
 * generic classes (`find(id: T['id'])`) and refuse every method there; only the number of
 * parameters is checked by one, on tuples of `unknown`.
 *
 * The decorators' functions return these types under `NoInfer`: the call of a standard decorator
 * has a contextual type, from which the compiler would otherwise infer type arguments that were not
 * given.
 */

declare const why: unique symbol

/** A type that nothing is assignable to, so that the compiler prints its message. */
export interface Complaint<Message extends string> {
  // A function type: the intersection of two literal messages would be `never`, which prints
  // nothing.
  readonly [why]: () => Message
}

/** The parameters of a callback; `never` for a callback that was not given. */
export type Parameter = readonly unknown[]

/** Any method that returns a promise of `Result`. */
export type PromiseMethod<Result = unknown> = (...args: never) => PromiseLike<Result>

/** The parameters of a method. */
export type ParametersOf<Fn> = Fn extends (...args: infer List extends Parameter) => unknown
  ? List
  : never

/** The type that a method's promise resolves to. */
export type ResultOf<Fn> = Fn extends PromiseMethod<infer Result> ? Result : never

/**
 * The contextual type of a callback's parameter without an annotation. Any use of the parameter
 * fails to compile, and the message shows how to annotate it. Needed because a decorator's options
 * are not typed by the method below them.
 */
export interface Annotate<Example extends string = '(id: string) => ...'>
  extends Complaint<Example> {}

/** The same for the `this` of a `function` callback. */
export type AnnotateThis = Annotate<'function (this: UserService) { ... }'>

/** The contextual parameters of a callback: those of the method type, if one was given. */
export type OfferedBy<Fn> = [Fn] extends [never] ? readonly Annotate[] : ParametersOf<Fn>

/** The contextual result of a callback: that of the method type, if one was given. */
export type ResultOfferedBy<Fn> = [Fn] extends [never] ? Annotate : ResultOf<Fn>

/** The annotated parameters of a callback; `never` if they are still the contextual ones. */
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

/** The annotated result, item or instance; `unknown` if it is still the contextual one. */
export type WrittenType<Type> = [Type] extends [Annotate<string>] ? unknown : Type

/**
 * The accepted parameters, or any list. Not an intersection with a list, whose error messages are
 * unreadable.
 */
export type ListOf<Accepted> = Accepted extends Parameter ? Accepted : Parameter

/** The parameters that a method must have for callbacks with each of these parameter lists. */
export type Accepts<Lists extends readonly Parameter[]> = Lists extends readonly [
  infer First extends Parameter,
  ...infer Others extends readonly Parameter[],
]
  ? AcceptsOne<First> & Accepts<Others>
  : unknown

type AcceptsOne<List extends Parameter> = [List] extends [readonly []] ? unknown : Longer<List>

/**
 * The list, or a longer one with further parameters of type `unknown`. Two lists that contradict
 * each other make one that no method accepts.
 */
export type Longer<List extends Parameter> = number extends List['length']
  ? List
  : [...List, ...unknown[]]

/** `unknown`, or a complaint about a callback with more parameters than every call passes. */
export type CheckArity<Fn, Lists extends readonly Parameter[]> =
  Shape<ParametersOf<Fn>> extends AtLeast<Lists>
    ? unknown
    : Complaint<'a callback has more parameters than every call of the method passes'>

/**
 * A parameter list with all types replaced by `unknown`: its length, and which parameters are
 * optional.
 */
export type Shape<List extends Parameter> = { [Index in keyof List]: unknown }

type AtLeast<Lists extends readonly Parameter[]> = Lists extends readonly [
  infer First extends Parameter,
  ...infer Others extends readonly Parameter[],
]
  ? ([First] extends [never] ? unknown : readonly [...Shape<First>, ...unknown[]]) & AtLeast<Others>
  : unknown

/** Rejects the target of a legacy decorator on a static method, which is a constructor. */
export interface NotStatic {
  readonly prototype?: Complaint<'a static method cannot be cached: make it an instance method'>
}

/** The context of a standard decorator on a method that can be cached. */
export interface InstanceMethodContext<This> {
  readonly kind: 'method'
  readonly static: false
  readonly private: false
  readonly access: { has(object: This): boolean }
}

/** The context of a standard decorator in a class that is assignable to `Class`. */
export interface OfClass<Class> {
  readonly access: { has(object: Class): boolean }
}

/** `unknown`, or a complaint if a callback declares a `this` that the class is not. */
export type CheckInstance<This, Instance> = [This] extends [Instance]
  ? unknown
  : Complaint<'a callback declares a `this` that is not this class'>

/**
 * A decorator for methods that return a promise of `Result` and whose parameters suit callbacks
 * with the parameter lists `Lists`, in classes that are assignable to `Instance`.
 */
export interface MethodCacheDecorator<
  Lists extends readonly Parameter[] = [],
  Result = unknown,
  Instance = unknown,
> {
  /** Used as a standard decorator (TC39). */
  <
    This,
    Actual extends ListOf<Accepts<Lists>>,
    Fn extends (this: This, ...args: never) => PromiseLike<Result>,
  >(
    value: Fn & CheckArity<NoInfer<Fn>, Lists> & ((this: This, ...args: Actual) => unknown),
    context: InstanceMethodContext<This> & CheckInstance<This, Instance>,
  ): Fn
  /**
   * Used as a legacy decorator. `{ value? }` because `TypedPropertyDescriptor` is invariant through
   * `set`.
   */
  <This extends object, Actual extends ListOf<Accepts<Lists>>, Fn extends PromiseMethod<Result>>(
    target: This & NotStatic & CheckInstance<NoInfer<This>, Instance>,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Fn> &
      CheckArity<NoInfer<Fn>, Lists> & { value?: (...args: Actual) => unknown },
  ): TypedPropertyDescriptor<Fn> | void
}
