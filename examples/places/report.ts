import { percentile } from './percentile.js'
import type { Method } from './workload.js'

/** The measurements of one method after the replay. */
export interface MethodReport {
  readonly method: Method
  readonly calls: number
  /** The sources of the answers; absent for methods that write. */
  readonly answers?: { readonly memory: number; readonly redis: number; readonly database: number }
  /** Milliseconds that each call took, measured by its caller. */
  readonly withCache: readonly number[]
  readonly withoutCache: readonly number[]
  readonly queriesSaved: number
}

export interface ReportOptions {
  readonly hasRedis: boolean
  /** The width of the terminal, in columns. */
  readonly width: number
}

/** Formats the measurements of all methods as plain text. */
export function formatReport(methods: readonly MethodReport[], options: ReportOptions): string {
  return [
    ...answersChart(methods, options),
    '',
    ...waitingTable(methods),
    '',
    ...medianChart(methods, options),
  ].join('\n')
}

/** Formats a waiting time in a unit that is readable from microseconds to seconds. */
export function formatDuration(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return '–'
  if (milliseconds < 0.001) return '<1 µs'
  if (milliseconds < 1) return `${(milliseconds * 1_000).toFixed(0)} µs`
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 1_000) return `${milliseconds.toFixed(0)} ms`
  if (milliseconds < 120_000) return `${(milliseconds / 1_000).toFixed(1)} s`
  return `${(milliseconds / 60_000).toFixed(1)} minutes`
}

function answersChart(methods: readonly MethodReport[], options: ReportOptions): string[] {
  const barWidth = clamp(options.width - 66, 12, 40)
  const title = 'Where answers came from'.padEnd(barWidth + 21)
  const reads = methods.flatMap(({ method, calls, answers, queriesSaved }) => {
    if (answers === undefined || calls === 0) return []
    const memory = answers.memory / calls
    const redis = answers.redis / calls
    const cells = [
      whole(calls).padStart(7),
      percent(memory),
      options.hasRedis ? percent(redis) : '–'.padStart(8),
      percent(1 - memory - redis).padStart(9),
      whole(queriesSaved).padStart(8),
    ]
    return [`  ${method.padEnd(18)} ${answersBar(memory, redis, barWidth)}${cells.join('')}`]
  })
  const legend = options.hasRedis ? '█ memory  ▓ Redis  ░ database' : '█ memory  ░ database'
  return [
    `${title}  calls  memory   Redis database   saved`,
    ...reads,
    `  ${legend}    saved: queries that did not have to run`,
  ]
}

function waitingTable(methods: readonly MethodReport[]): string[] {
  const rows = methods.map(({ method, withCache, withoutCache }) => {
    const faster = percentile(withoutCache, 0.5) / percentile(withCache, 0.5)
    const cells = [
      formatDuration(percentile(withoutCache, 0.5)).padStart(11),
      formatDuration(percentile(withCache, 0.5)).padStart(9),
      formatDuration(percentile(withoutCache, 0.99)).padStart(14),
      formatDuration(percentile(withCache, 0.99)).padStart(9),
      formatFactor(faster).padStart(12),
    ]
    return `  ${method.padEnd(18)} ${cells.join('')}`
  })
  return ['What a caller waited   p50 without     with   p99 without     with  p50 faster', ...rows]
}

/** Draws medians on a logarithmic scale; otherwise those with the cache would be invisible. */
function medianChart(methods: readonly MethodReport[], options: ReportOptions): string[] {
  const barWidth = clamp(options.width - 42, 20, 60)
  const smallest = 0.001
  const reads = methods.filter(({ answers }) => answers !== undefined)
  const largest = Math.max(...reads.map(({ withoutCache }) => percentile(withoutCache, 0.5)), 1)
  const lengthOf = (milliseconds: number) => {
    const share = Math.log(milliseconds / smallest) / Math.log(largest / smallest)
    return Number.isNaN(share) ? 0 : Math.max(1, Math.round(Math.min(share, 1) * barWidth))
  }
  const line = (label: string, name: string, mark: string, values: readonly number[]) => {
    const median = percentile(values, 0.5)
    const drawn = mark.repeat(lengthOf(median))
    return `  ${label.padEnd(18)} ${name.padEnd(8)} ${drawn} ${formatDuration(median)}`
  }
  return [
    'Median wait (logarithmic)',
    ...reads.flatMap(({ method, withCache, withoutCache }) => [
      line(method, 'without', '░', withoutCache),
      line('', 'with', '█', withCache),
    ]),
  ]
}

function answersBar(memory: number, redis: number, width: number): string {
  const solid = Math.round(memory * width)
  const shaded = Math.min(Math.round(redis * width), width - solid)
  return '█'.repeat(solid) + '▓'.repeat(shaded) + '░'.repeat(width - solid - shaded)
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(highest, value))
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`.padStart(8)
}

function whole(value: number): string {
  return value.toLocaleString('en')
}

function formatFactor(factor: number): string {
  if (Number.isNaN(factor)) return '–'
  return factor >= 10 ? `×${whole(Math.round(factor))}` : `×${factor.toFixed(1)}`
}
