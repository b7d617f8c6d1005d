/** A logger with these four methods, such as `console` or pino. */
export interface CacheLogger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}
