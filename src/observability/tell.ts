/**
 * Calls a listener of the user and contains its failures: an error that it throws, and a rejection
 * of the promise that it returns, which would otherwise end the process.
 */
export function tell(listener: () => unknown, onFailure: () => void): void {
  try {
    const answer = listener()
    if (typeof answer !== 'object' || answer === null || !('then' in answer)) return
    Promise.resolve(answer).catch(onFailure)
  } catch {
    onFailure()
  }
}
