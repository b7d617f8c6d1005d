/** How long each way runs before it is measured, so that the concurrent compiler can finish. */
const WARM_UP = 300_000_000

/**
 * Measures several ways to do one thing, in nanoseconds per call. They take turns in short batches,
 * so that other load on the machine affects all of them equally: the ratios stay meaningful even if
 * the figures drift.
 *
 * @param {Record<string, (index: number) => unknown>} ways
 * @returns {Record<string, number>} the median of each
 */
export function measure(ways, { rounds = 200, batch = 400_000 } = {}) {
  const entries = Object.entries(ways).map(([name, run]) => {
    return { name, run, calls: callsPer(batch, run), times: [] }
  })
  for (let round = 0; round < rounds; round++) {
    for (const { run, calls, times } of entries) times.push(timeOf(run, calls))
  }
  return Object.fromEntries(entries.map(({ name, times }) => [name, median(times)]))
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Returns how many calls take about `batch` nanoseconds once they are compiled. */
function callsPer(batch, run) {
  let time = 0
  for (let spent = 0; spent < WARM_UP; spent += time * 100) time = timeOf(run, 100)
  return Math.max(1, Math.round(batch / timeOf(run, 100)))
}

let sink = 0

function timeOf(run, calls) {
  const start = performance.now()
  for (let index = 0; index < calls; index++) {
    // The result is used, because the compiler may remove work whose result is unused.
    const result = run(index)
    sink += typeof result === 'string' ? result.length : 1
  }
  const time = ((performance.now() - start) * 1e6) / calls
  if (sink < 0) throw new Error('unreachable')
  return time
}
