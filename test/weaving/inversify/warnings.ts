/** The codes of what the process warns of meanwhile. Node does not print it. */
export async function warningsOf(work: () => unknown): Promise<unknown[]> {
  const codes: unknown[] = []
  const others = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning: Error & { code?: unknown }) => {
    codes.push(warning.code)
  })
  try {
    await work()
    // Node tells of a warning in the next tick.
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  } finally {
    process.removeAllListeners('warning')
    for (const other of others) process.on('warning', other)
  }
  return codes
}
