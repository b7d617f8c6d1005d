import type { MissingItems } from '../options/cached-many-options.js'
import type { ClassReference } from '../options/entry-reference.js'
import type { Key } from '../options/entry-options.js'
import type {
  Complaint,
  Longer,
  Parameter,
  ParametersOf,
  PromiseMethod,
  ResultOf,
  Shape,
} from './method-decorator.js'

declare const marked: unique symbol

/**
 * The method that an entry reference names, in the decorator's class or in the class of the
 * reference. Any method if the compiler cannot know it, because the reference is a plain `string`
 * or is already refused by `CheckEntry`.
 */
type MethodOf<Entry, This> =
  Named<Entry, This> extends infer Method extends PromiseMethod ? Method : PromiseMethod

/** `unknown`, or a complaint about an invalid entry reference. */
export type CheckEntry<Entry, This> =
  Named<Entry, This> extends PromiseMethod
    ? unknown
    : Complaint<`the class has no public method '${NameOf<Entry>}' that returns a promise; to name a private one write 'name' as string`>

/** The values that an entry can hold: what its method returns a promise of. */
export type StoredBy<Entry, This> = ResultOf<MethodOf<Entry, This>>

/** The parameters of the entry's method; `unknown` if the compiler cannot know them. */
export type TakenBy<Entry, This> =
  ParametersOf<MethodOf<Entry, This>> extends infer List
    ? [List] extends [never]
      ? unknown
      : List
    : never

/** How a decorator finds the key of an entry. */
export type KeySource =
  /** From the method's own arguments, as in the entry's method. */
  | 'same arguments'
  /** From a callback, or no key is needed. */
  | 'callback'

/**
 * The parameters that a method must have if its own arguments make the key: those of the entry's
 * method.
 */
export type SameParameters<Source extends KeySource, Entry, This> = Source extends 'same arguments'
  ? TakenBy<Entry, This> extends infer List extends Parameter
    ? Longer<List>
    : unknown
  : unknown

/**
 * `unknown`, or a complaint if the arguments make the key and the two methods differ in their
 * number of parameters.
 */
export type CheckSameShape<Fn, Source extends KeySource, Entry, This> = Source extends 'callback'
  ? unknown
  : PromiseMethod<never> extends Fn
    ? unknown // The result does not fit, so Fn was not inferred; the message should be about that.
    : Shape<ParametersOf<MethodOf<Entry, This>>> extends Shape<ParametersOf<Fn>>
      ? unknown
      : Complaint<"the parameters differ from those of the entry's method: return the key in `key` or `keyOf`">

/**
 * Complains when the entry's method does not return what is stored for omitted items. A method that
 * returns only a type parameter is refused as well.
 */
export type CheckMissing<
  Missing extends MissingItems,
  Result,
  WayOut extends
    string = `omitted items are stored as ${Missing}, which the entry's method does not return: set \`missing\``,
> = Missing extends 'skip'
  ? unknown
  : HasCommonProperty<Result & (Marked | (Missing extends 'null' ? null : undefined))> extends false
    ? unknown
    : PropertyKey extends keyof Result
      ? unknown // any or never
      : Complaint<WayOut>

/**
 * Whether all members of a union have a property in common. Unlike
 * `undefined extends T | undefined`, this is resolved inside generic classes. It must be a type of
 * its own, because the compiler splits the `keyof` of an intersection before it knows the parts.
 */
type HasCommonProperty<Union> = [keyof Union] extends [never] ? false : true

/** Gives every member of a union a property, except `null` and `undefined`. */
interface Marked {
  readonly [marked]: never
}

/** Any key. As a constraint, the `[]` makes the compiler infer lists as tuples. */
export type KeyOrTuple = Key | []

/**
 * `unknown`, or a complaint if the key that a callback returns is not an argument list of the
 * entry's method. Private methods are unknown to the compiler and not checked; neither is a
 * callback declared to return a `Key`, which is for entries with a `key` of their own.
 */
export type CheckKey<List extends Parameter, Entry, This> = string extends Entry
  ? unknown
  : Entry extends string
    ? TakesKey<Entry, List> & CheckKeyLength<List, Entry, This>
    : Entry extends readonly [ClassReference, infer Name extends string]
      ? Record<Name, MethodOf<Entry, This>> extends TakesKey<Name, List>
        ? CheckKeyLength<List, Entry, This>
        : OtherKey
      : unknown

type OtherKey =
  Complaint<"the key is not what the entry's method takes; where its @Cached has a `key` of its own, annotate what this one returns: Key">

/**
 * A class whose method can be called with the key. Not a conditional type, which generic classes
 * leave unresolved. Written as a method, whose parameters compare in both directions, because a
 * decorator cannot name the type parameters of a generic class. `WayOut` is only there to be
 * printed in the error.
 */
type TakesKey<
  Name extends string,
  List extends Parameter,
  WayOut extends
    string = 'where @Cached has a `key` of its own, annotate what this one returns: Key',
> = {
  readonly [Own in Name]: {
    method(...key: List): WayOut extends string ? unknown : never
  }['method']
}

type CheckKeyLength<List extends Parameter, Entry, This> = number extends List['length']
  ? unknown
  : Shape<List> extends Shape<ParametersOf<MethodOf<Entry, This>>>
    ? unknown
    : OtherKey

/**
 * The argument list that a key stands for. Of a list that is not a tuple only the first element is
 * known.
 */
export type KeyList<Returned extends Key> = unknown[] extends Returned
  ? any[]
  : Returned extends readonly [...infer Parts]
    ? number extends Parts['length']
      ? [Parts[0], ...any[]]
      : Parts
    : [Returned]

/** Whether any of the lists belongs to a callback that was given. */
export type Given<Lists extends readonly unknown[]> = Lists extends readonly [
  infer First,
  ...infer Others,
]
  ? [First] extends [never]
    ? Given<Others>
    : true
  : false

type Named<Entry, This> = Entry extends readonly [infer Owner extends ClassReference, infer Name]
  ? Member<Owner['prototype'], Name>
  : Member<This, Entry>

type Member<Owner, Name> = string extends Name
  ? PromiseMethod
  : Name extends keyof Owner
    ? Owner[Name]
    : undefined

type NameOf<Entry> = Entry extends readonly [unknown, infer Name extends string]
  ? Name
  : Entry extends string
    ? Entry
    : string
