/** The address of a server. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** The path of a Unix socket, used instead of host and port. */
  readonly path?: string | undefined
}

/** Returns `host:port`, the name of an endpoint in events, for sentinels and in a `natMap`. */
export function nameOf({ host, port }: Endpoint): string {
  return `${host}:${port}`
}
