/** The four methods of a logger that are used: `console` and pino have them. */
export interface CacheLogger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}
