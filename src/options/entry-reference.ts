/** A class, abstract or not. */
export type ClassReference<Instance extends object = object> = abstract new (
  ...args: never[]
) => Instance

/**
 * Names an entry by the method that `@Cached` stands on: of the same class, or of another one as
 * `[UserService, 'profile']`.
 */
export type EntryReference = string | readonly [owner: ClassReference, method: string]
