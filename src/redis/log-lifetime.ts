/** Milliseconds that the log and its tail live after the last message. */
export const LOG_LIFETIME = 7 * 86_400_000
