/** Where a server listens. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** A Unix socket, instead of host and port. */
  readonly path?: string | undefined
}

/** How an endpoint is called: by us, by sentinels, and in a `natMap`. */
export function nameOf({ host, port }: Endpoint): string {
  return `${host}:${port}`
}
