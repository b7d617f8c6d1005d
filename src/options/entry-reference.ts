/** A class, also an abstract one, or one whose constructor is not public. */
export interface ClassReference<Instance extends object = object> {
  readonly name: string
  readonly prototype: Instance
}

/**
 * Names an entry by the method that `@Cached` stands on: of the same class, or of another one as
 * `[UserService, 'profile']`.
 */
export type EntryReference = string | readonly [owner: ClassReference, method: string]
