/** What a fixture can be asked: the names of its functions, which take and return plain data. */
export type ChildFunctions = Record<string, (...args: never[]) => unknown>

/** From the test to the fixture. */
export interface ChildRequest {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

/** From the fixture to the test. The one without an id says that it is ready. */
export type ChildReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string }

/**
 * Called by a fixture: answers what its test asks with `functions`, and tells the test that it may
 * ask. The process ends when the test closes the channel, and with it when the test process dies.
 *
 * @example
 * const functions = { async add(one: number, other: number) { return one + other } }
 * export type Functions = typeof functions
 * serveParent(functions)
 */
export function serveParent(functions: ChildFunctions): void {
  process.on('message', (request: ChildRequest) => {
    void answer(functions, request).then(send)
  })
  process.once('disconnect', () => process.exit(0))
  send({ kind: 'ready' })
}

async function answer(functions: ChildFunctions, request: ChildRequest): Promise<ChildReply> {
  const { id, name, args } = request
  try {
    const called = functions[name] as ((...args: readonly unknown[]) => unknown) | undefined
    if (called === undefined) throw new Error(`the fixture has no function ${name}`)
    return { kind: 'value', id, value: await called(...args) }
  } catch (error) {
    return { kind: 'failure', id, message: error instanceof Error ? error.message : String(error) }
  }
}

function send(reply: ChildReply): void {
  // The test may have closed the channel while the answer was on its way; then nobody wants it.
  if (process.connected) process.send?.(reply)
}
