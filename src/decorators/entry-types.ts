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

/**
 * The method that an entry reference names: of the class the decorator stands in, or of the class
 * in the reference. Any method where the compiler cannot know: the reference is a plain `string`,
 * or what it names is complained about already by `CheckEntry`.
 */
type MethodOf<Entry, This> =
  Named<Entry, This> extends infer Method extends PromiseMethod ? Method : PromiseMethod

/** Nothing, or what is wrong with an entry reference. */
export type CheckEntry<Entry, This> =
  Named<Entry, This> extends PromiseMethod
    ? unknown
    : Complaint<`the class has no public method '${NameOf<Entry>}' that returns a promise; to name a private one write 'name' as string`>

/** What can be stored in an entry: what its method returns a promise of. */
export type StoredBy<Entry, This> = ResultOf<MethodOf<Entry, This>>

/** What the entry's method takes; anything where the compiler cannot know. */
export type TakenBy<Entry, This> =
  ParametersOf<MethodOf<Entry, This>> extends infer List
    ? [List] extends [never]
      ? unknown
      : List
    : never

/** How the key of an entry is found. */
export type KeySource =
  /** The method's own arguments make it, as they would in the entry's method. */
  | 'same arguments'
  /** A callback returns it, or none is needed. */
  | 'callback'

/** What the parameters must be when the same arguments make the key: those of the entry's method. */
export type SameParameters<Source extends KeySource, Entry, This> = Source extends 'same arguments'
  ? TakenBy<Entry, This> extends infer List extends Parameter
    ? Longer<List>
    : unknown
  : unknown

/** Nothing, or what is wrong: with the same arguments, both methods have as many parameters. */
export type CheckSameShape<Fn, Source extends KeySource, Entry, This> = Source extends 'callback'
  ? unknown
  : PromiseMethod<never> extends Fn
    ? unknown // Fn was not inferred, as the result does not fit: that is to be in the message.
    : Shape<ParametersOf<MethodOf<Entry, This>>> extends Shape<ParametersOf<Fn>>
      ? unknown
      : Complaint<"the parameters are not those of the entry's method: say with `key` or `keyOf` which key is meant">

/** Any key. Where it stands as a constraint, lists are inferred part by part because of the `[]`. */
export type KeyOrTuple = Key | []

/**
 * Nothing, or what is wrong: the key that a callback returns is an argument list for the entry's
 * method. What the compiler cannot know is not checked: a private method, and a callback that is
 * declared to return a `Key`, which is for entries that have a `key` of their own.
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
 * A class whose method can be called with the key. Not a conditional type, because of generic
 * classes; and written as a method, whose parameters may be wider or narrower, for the same reason:
 * a decorator cannot name the class's type parameters. What is printed with it says the way out.
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
 * A key as the argument list that it means. Of a list that is no tuple only the first part is known.
 */
export type KeyList<Returned extends Key> = unknown[] extends Returned
  ? any[]
  : Returned extends readonly [...infer Parts]
    ? number extends Parts['length']
      ? [Parts[0], ...any[]]
      : Parts
    : [Returned]

/** One of the lists is of a callback that was given. */
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
