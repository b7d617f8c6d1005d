/** Milliseconds that the log and its tail live without a message. */
export const LOG_LIFETIME = 7 * 86_400_000
