const tasks: (() => Promise<void>)[] = []

/** Has `task` run once after the last test. What it throws fails the run. */
export function onTeardown(task: () => Promise<void>): void {
  tasks.push(task)
}

/** Runs what was registered, last first, all of it even when some of it fails. */
export async function runTeardown(): Promise<void> {
  const failures: unknown[] = []
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    try {
      await task()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'several teardown tasks failed')
}
