import type { LookupFunction } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'

import type { Endpoint } from './endpoint.js'
import type { ClientFactory } from './redis-like.js'
import type { Credentials } from './session.js'

/** Long enough for three round trips round the world, short enough to try again within a second. */
export const CONNECT_TIMEOUT = 600
export const REDIS_PORT = 6379
export const SENTINEL_PORT = 26379

const INSECURE_TLS =
  'TLS certificates are NOT verified: whoever is between this process and Redis can read and change ' +
  'everything'

/** Asked anew for each connection. May throw whatever the user's callback throws. */
export type CredentialsSource = () => Promise<Credentials | undefined>

export interface Access {
  readonly credentials: CredentialsSource
  /** Whether the credentials may be others at the next connection. */
  readonly mayChange: boolean
  readonly tls: TlsOptions | undefined
}

/** How servers are found. */
export type Topology =
  | { readonly kind: 'single'; readonly endpoint: Endpoint }
  | {
      readonly kind: 'sentinel'
      readonly master: string
      readonly nodes: readonly Endpoint[]
      readonly access: Access
    }
  | { readonly kind: 'cluster'; readonly seeds: readonly Endpoint[] }

/** Where Redis is and how to get in, with every default filled in. */
export interface RedisTarget {
  readonly topology: Topology
  readonly access: Access
  readonly database: number
  readonly natMap: (address: string) => Endpoint | undefined
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly family: number
  readonly lookup: LookupFunction
  readonly createClient: ClientFactory
  /** Something to be loud about. */
  readonly warnings: readonly string[]
}

/** What to be loud about: a connection on which any certificate will do, be it to a sentinel. */
export function warningsAbout(access: Access, topology: Topology): string[] {
  const accesses = topology.kind === 'sentinel' ? [access, topology.access] : [access]
  return accesses.some(({ tls }) => tls?.rejectUnauthorized === false) ? [INSECURE_TLS] : []
}
