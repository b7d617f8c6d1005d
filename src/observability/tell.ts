/**
 * Calls what belongs to the user, and lets nothing of its trouble out: neither what it throws nor
 * what a promise that it returns rejects with, which would end the process.
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
