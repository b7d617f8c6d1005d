import type { CacheLogger } from '../../src/observability/logger.js'

/** A logger that keeps its lines. */
export class RecordingLogger implements CacheLogger {
  readonly lines: string[] = []

  debug(message: string): void {
    this.lines.push(`debug ${message}`)
  }

  info(message: string): void {
    this.lines.push(`info ${message}`)
  }

  warn(message: string): void {
    this.lines.push(`warn ${message}`)
  }

  error(message: string): void {
    this.lines.push(`error ${message}`)
  }
}
