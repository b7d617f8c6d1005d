/**
 * Returns a promise that settles as `reading` does, or rejects with the signal's reason once the
 * signal aborts. Aborting does not stop what `reading` stands for.
 */
export function abortable<Value>(reading: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    reading.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
