/**
 * Runs the method, with the `this` and the arguments of the call. Items of a list wait until one call
 * of the method loads several of them: such a load calls `begins` when the method is called.
 */
export type Load = (
  self: unknown,
  args: readonly unknown[],
  begins?: () => void,
) => PromiseLike<unknown>

/** One call that was not answered from memory. */
export interface Call {
  /** Canonical text of namespace, version, entry, scope and arguments. Nothing else is identity. */
  readonly key: string
  readonly scope: string | undefined
  readonly args: readonly unknown[]
  /** Runs the method; calls `begins` when it does so later than at once. */
  readonly load: (begins?: () => void) => PromiseLike<unknown>
  /** Told when the call is about to wait for what somebody else loads. */
  readonly onWaiting?: (() => void) | undefined
  /**
   * An item of a list: one call of the method loads it together with others, and takes one slot of the
   * entry's `concurrency` for all of them.
   */
  readonly isItem: boolean
}

/**
 * A function of its own: room for what a closure captures is made when the function around it is
 * entered, so a hit would pay for the closure that it does not need.
 *
 * @param onWaiting given for an item of a list
 */
export function callOf(
  key: string,
  scope: string | undefined,
  load: Load,
  self: unknown,
  args: readonly unknown[],
  onWaiting: (() => void) | undefined,
): Call {
  const isItem = onWaiting !== undefined
  return { key, scope, args, onWaiting, isItem, load: (begins) => load(self, args, begins) }
}
