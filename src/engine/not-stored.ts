/**
 * The result of a load that has nothing to store. It is returned to the caller that loaded, which
 * must handle it. Joined callers each run their own load, as for a result that cannot be copied.
 */
export const NOT_STORED: unique symbol = Symbol('not stored')
