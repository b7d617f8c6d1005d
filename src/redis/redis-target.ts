import type { LookupFunction } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'

import type { Endpoint } from './endpoint.js'
import type { ClientFactory } from './redis-like.js'
import type { Credentials } from './session.js'

/**
 * Milliseconds. Allows three intercontinental round trips, and a second attempt within a second.
 */
export const CONNECT_TIMEOUT = 600
export const REDIS_PORT = 6379
export const SENTINEL_PORT = 26379

const INSECURE_TLS =
  'TLS certificates are NOT verified: an attacker on the network can read and change everything'

/** Called for each connection. May throw whatever the user's callback throws. */
export type CredentialsSource = () => Promise<Credentials | undefined>

export interface Access {
  readonly credentials: CredentialsSource
  /** Whether the next connection may use other credentials. */
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

/** Where Redis is and how to authenticate, with all defaults filled in. */
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
  /** Warnings to log at the start. */
  readonly warnings: readonly string[]
}

/** Returns a warning if certificates are not verified, to the data servers or to the sentinels. */
export function warningsAbout(access: Access, topology: Topology): string[] {
  const accesses = topology.kind === 'sentinel' ? [access, topology.access] : [access]
  return accesses.some(({ tls }) => tls?.rejectUnauthorized === false) ? [INSECURE_TLS] : []
}
