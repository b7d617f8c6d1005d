import type { SoakReport } from './soak-run.js'

const MEGABYTE = 1_000_000

/**
 * A table of what a run has shown.
 *
 * @param growths by process: kilobytes a minute
 */
export function summaryOf(report: SoakReport, growths: readonly number[]): string {
  const { phases, faults, counts, overlaps, laggards, longestLag, accounts } = report
  const total = (part: (phase: (typeof phases)[number]) => number): number =>
    phases.reduce((sum, phase) => sum + part(phase), 0)
  const last = phases.at(-1)
  const rows: [what: string, value: string][] = [
    ['reads judged', String(report.reads)],
    ['invalidations', String(report.invalidations)],
    ['violations', JSON.stringify(counts)],
    ['older by an overlapping load', String(overlaps)],
    ['bounded reads behind by > 0, 250, 1000, 2000 ms', lags(laggards)],
    ['longest of them, ms', longestLag.toFixed(0)],
    ['quiet phases', String(phases.length)],
    ['hit rate in them', percentOf(total(({ hits }) => hits) / total(({ calls }) => calls))],
    ['calls counted', String(accounts.reduce((sum, { counted }) => sum + counted, 0))],
    ['faults', countsOf(faults)],
    ['heap growth, kB a minute', growths.map((growth) => growth.toFixed(0)).join(', ')],
    ['heap at the end, MB', of(last?.vitals, ({ heap }) => inMegabytes(heap))],
    ['and compiled code, MB', of(last?.vitals, ({ code }) => inMegabytes(code))],
    [
      'heap of the first process by phase, MB',
      phases.map(({ vitals: [first] }) => inMegabytes(first?.heap)).join(', '),
    ],
    [
      'and its compiled code, MB',
      phases.map(({ vitals: [first] }) => inMegabytes(first?.code)).join(', '),
    ],
    ['sockets', of(last?.vitals, ({ sockets }) => String(sockets))],
    ['timers', of(last?.vitals, ({ timers }) => String(timers))],
    ['listeners and warnings', of(last?.vitals, ({ listeners }) => String(listeners))],
    ['loop delay p99 in the last phase, ms', of(last?.delays, ({ p99 }) => p99.toFixed(1))],
    ['loop delay p99 of an idle process then, ms', last?.idle.p99.toFixed(1) ?? ''],
  ]
  const width = Math.max(...rows.map(([what]) => what.length))
  return rows.map(([what, value]) => `      ${what.padEnd(width)}  ${value}`).join('\n')
}

function of<T>(values: readonly T[] | undefined, text: (value: T) => string): string {
  return (values ?? []).map(text).join(', ')
}

function inMegabytes(bytes = 0): string {
  return (bytes / MEGABYTE).toFixed(2)
}

function percentOf(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function lags(laggards: SoakReport['laggards']): string {
  return [laggards['0'], laggards['250'], laggards['1000'], laggards['2000']].join(', ')
}

function countsOf(names: readonly string[]): string {
  return [...new Set(names)]
    .map((name) => `${names.filter((each) => each === name).length} × ${name}`)
    .join(', ')
}
