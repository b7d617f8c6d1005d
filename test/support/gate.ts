/** A promise with its two ends in the hands of a test. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(reason: unknown): void
}

/** A point in the code under test at which a test can hold it and let it go. */
export interface Gate {
  /** Resolves when somebody first waits at the gate. */
  readonly reached: Promise<void>
  /** How many wait at the gate now. */
  readonly waiting: number
  /** Called by the code under test: resolves when the gate is open. */
  wait(): Promise<void>
  /** Lets go all that wait, and all that come later. */
  open(): void
}

/**
 * Makes a closed gate. With gates a test writes an interleaving down as a list of steps instead of
 * hoping that sleeps of different lengths produce it.
 */
export function gate(): Gate {
  const reached = deferred<void>()
  const opened = deferred<void>()
  let waiting = 0
  return {
    reached: reached.promise,
    get waiting() {
      return waiting
    },
    async wait() {
      waiting += 1
      reached.resolve()
      await opened.promise
      waiting -= 1
    },
    open: () => opened.resolve(),
  }
}

/** Makes a promise that its maker settles. */
export function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] | undefined
  let reject: Deferred<T>['reject'] | undefined
  const promise = new Promise<T>((whenResolved, whenRejected) => {
    resolve = whenResolved
    reject = whenRejected
  })
  if (resolve === undefined || reject === undefined) {
    throw new Error('the executor of a promise did not run')
  }
  return { promise, resolve, reject }
}
