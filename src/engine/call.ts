/** The load of one item of a list, when one call of the method loads several items. */
export interface SharedLoad {
  /** Notes that the load of `leader` makes the call, so that this load waits for it. */
  follow(leader: SharedLoad): void
  /** Notes that the method is being called now. */
  begin(): void
}

/**
 * Runs the method with the `this` value and the arguments of the call.
 *
 * @param share given for an item of a list, which one call of the method may load together with
 *   others later
 */
export type Load = (
  self: unknown,
  args: readonly unknown[],
  share?: SharedLoad,
) => PromiseLike<unknown>

/** One call that was not answered from memory. */
export interface Call {
  /**
   * Canonical text of namespace, version, entry, scope and arguments. Nothing else identifies a
   * value.
   */
  readonly key: string
  readonly scope: string | undefined
  readonly args: readonly unknown[]
  /** Runs the method. */
  readonly load: (share?: SharedLoad) => PromiseLike<unknown>
  /** Called when this call is about to wait for a load of another caller. */
  readonly onWaiting?: (() => void) | undefined
  /**
   * Whether the call is for an item of a list. One call of the method loads several items together,
   * and takes one slot of the entry's `concurrency` for all of them.
   */
  readonly isItem: boolean
}

/**
 * Returns the call. A separate function, because JavaScript allocates the captured variables of a
 * closure when the enclosing function is entered: inlined, a memory hit would pay for a closure
 * that it does not need.
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
