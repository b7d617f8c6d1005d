/**
 * What a load resolves with when there is nothing to store. The caller that loaded gets it and has
 * to handle it. Callers that joined load by themselves, as for a result that cannot be copied.
 */
export const NOT_STORED: unique symbol = Symbol('not stored')
