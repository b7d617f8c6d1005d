/** A class; it may be abstract or have a private constructor. */
export interface ClassReference<Instance extends object = object> {
  readonly name: string
  readonly prototype: Instance
}

/**
 * Refers to an entry by its `@Cached` method: by name in the same class, or as `[UserService,
 * 'profile']` in another class.
 */
export type EntryReference = string | readonly [owner: ClassReference, method: string]
