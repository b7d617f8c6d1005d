/**
 * Runs the method: `self` and the arguments are those of the call. One that does not run it at once
 * says by `begins` when it does.
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
  /** Runs the method; says by `begins` when, if that is later. */
  readonly load: (begins?: () => void) => PromiseLike<unknown>
  /** Told when the call is about to wait for what somebody else loads. */
  readonly onWaiting?: (() => void) | undefined
  /** An item of a list: one call of the method loads it together with others, and takes the slot for all. */
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
