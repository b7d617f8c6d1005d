/** Every how many milliseconds a condition is looked at. */
const INTERVAL = 10

/**
 * Waits until `condition` holds and returns its first truthy answer. It looks every few
 * milliseconds instead of sleeping for a guessed time, and gives up `deadline` milliseconds after
 * its start (5 s by default). A condition that throws does not hold yet.
 *
 * @throws Error when the deadline passes; its cause is what the condition threw last
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  deadline = 5_000,
  what = condition.toString(),
): Promise<T> {
  const end = performance.now() + deadline
  let lastError: unknown
  for (;;) {
    try {
      const answer = await condition()
      if (answer) return answer
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (performance.now() >= end) {
      throw new Error(`not within ${deadline} ms: ${what}`, { cause: lastError })
    }
    await new Promise((resolve) => {
      setTimeout(resolve, INTERVAL)
    })
  }
}
