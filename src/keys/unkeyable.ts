/** Why an argument list cannot be a key. */
export type UnkeyableReason =
  | 'function'
  | 'symbol'
  /**
   * An instance of a class without `[cacheKey]()`; also errors, promises, streams and boxed
   * primitives.
   */
  | 'class-instance'
  | 'cycle'
  | 'too-deep'
  | 'too-large'
  /** An accessor property. It is detected without running it. */
  | 'getter'
  | 'symbol-property'
  /** A non-enumerable property, such as those of an `arguments` object. */
  | 'hidden-property'
  /** A named property on a value that should have none, such as an array, a Date or a Map. */
  | 'extra-property'
  /** A Proxy trap, a `[cacheKey]()` method or a damaged value threw. */
  | 'threw'

/**
 * Returned instead of a key for arguments that cannot be one. It never holds an argument's value.
 */
export class Unkeyable {
  readonly reason: UnkeyableReason
  /**
   * The place of the offending value, such as `arguments[0].filters.owner`. Property names that do
   * not look like identifiers are shown as `[…]`, because they may be data.
   */
  readonly path: string

  constructor(reason: UnkeyableReason, path: string) {
    this.reason = reason
    this.path = path
  }
}
