/**
 * What a promise rejects with.
 *
 * @throws Error when it does not
 */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}
