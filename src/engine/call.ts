/** Takes part in a call of the method that loads several items of a list: the load of one of them. */
export interface SharedLoad {
  /** Notes that the load of `leader` makes the call, so that this one waits for it. */
  follow(leader: SharedLoad): void
  /** Notes that the method is called now. */
  begin(): void
}

/**
 * Runs the method, with the `this` and the arguments of the call.
 *
 * @param share given for an item of a list: one call of the method may load it later, with others
 */
export type Load = (
  self: unknown,
  args: readonly unknown[],
  share?: SharedLoad,
) => PromiseLike<unknown>

/** One call that was not answered from memory. */
export interface Call {
  /** Canonical text of namespace, version, entry, scope and arguments. Nothing else is identity. */
  readonly key: string
  readonly scope: string | undefined
  readonly args: readonly unknown[]
  /** Runs the method. */
  readonly load: (share?: SharedLoad) => PromiseLike<unknown>
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
  return { key, scope, args, onWaiting, isItem, load: (share) => load(self, args, share) }
}
