import type { ClassReference } from '../options/entry-reference.js'
import type { Complaint, ParametersOf, PromiseMethod, ResultOf, Shape } from './method-decorator.js'

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
  ? TakenBy<Entry, This>
  : unknown

/** Nothing, or what is wrong: with the same arguments, both methods have as many parameters. */
export type CheckSameShape<Fn, Source extends KeySource, Entry, This> = Source extends 'callback'
  ? unknown
  : Shape<ParametersOf<MethodOf<Entry, This>>> extends Shape<ParametersOf<Fn>>
    ? unknown
    : Complaint<"the parameters are not those of the entry's method: say with `key` which key is meant">

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
