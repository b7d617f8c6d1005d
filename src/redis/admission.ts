/** Whether Redis may be used at all. Shared by all connections of one cache. */
export class Admission {
  /** Why Redis may not be used; undefined when it may. */
  refusal: string | undefined
}
