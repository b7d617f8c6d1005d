/** Why an argument list cannot be a key. */
export type UnkeyableReason =
  | 'function'
  | 'symbol'
  /** An instance of a class that does not implement `[cacheKey]()`: errors, promises, streams and boxed primitives too. */
  | 'class-instance'
  | 'cycle'
  | 'too-deep'
  | 'too-large'
  /** A property that is an accessor. It is found without being run. */
  | 'getter'
  | 'symbol-property'
  /** A property that is not enumerable, such as those of an `arguments` object. */
  | 'hidden-property'
  /** A named property on a value that should have none: an array, a Date, a Map and so on. */
  | 'extra-property'
  /** A Proxy trap, a `[cacheKey]()` method or a damaged value threw. */
  | 'threw'

/** Stands in for the text of arguments that cannot be a key. It names the place and never holds a value. */
export class Unkeyable {
  readonly reason: UnkeyableReason
  /**
   * Where, such as `arguments[0].filters.owner`. Property names that do not look like identifiers
   * are shown as `[…]`, because they may be data.
   */
  readonly path: string

  constructor(reason: UnkeyableReason, path: string) {
    this.reason = reason
    this.path = path
  }
}
