/** Whether Redis may be used at all. Shared by all connections of one cache. */
export class Admission {
  /** Why not; undefined when it may. */
  refusal: string | undefined
}
