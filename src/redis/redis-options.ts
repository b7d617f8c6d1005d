// The declarations use Node's types. This reference, which compilers are told to preserve, makes
// them available even where a program's own configuration lists no types.
/// <reference types="node" preserve="true" />
import type { LookupFunction } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'

import type { Duration } from '../duration.js'
import type { ClusterLike, RedisLike } from './redis-like.js'

/** The address of a server. */
export interface RedisAddress {
  readonly host: string
  /** @default 6379, or 26379 for a sentinel */
  readonly port?: number
}

/** A user name and a password. Without a user name, Redis uses the user `default`. */
export interface RedisCredentials {
  readonly username?: string
  readonly password: string
}

/**
 * Called for each new connection, so a password or token may change while the process runs. Returns
 * the password, or a user name and a password.
 */
export type CredentialsCallback = () =>
  | string
  | RedisCredentials
  | Promise<string | RedisCredentials>

/** How to connect to Redis. */
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:port/database`, or `rediss://` for TLS. Other options take
   * precedence over the corresponding parts of the URL.
   */
  readonly url?: string
  /** @default '127.0.0.1' */
  readonly host?: string
  /** @default 6379 */
  readonly port?: number
  /** The path of a Unix socket, used instead of host and port. */
  readonly path?: string
  readonly username?: string
  readonly password?: string | CredentialsCallback
  /** The database number. Not available on a cluster, which has only database 0. @default 0 */
  readonly db?: number
  /**
   * Enables TLS: `true`, or the options of Node's `tls.connect` (`ca`, `cert`, `key`,
   * `servername`…). Certificates are verified.
   */
  readonly tls?: boolean | TlsOptions
  /**
   * Accepts any certificate, so an attacker on the network can read and change everything. Emits a
   * warning at each start. For development machines only.
   */
  readonly dangerouslyAllowInsecureTls?: boolean
  /** Some nodes of a Redis Cluster. The others are discovered through them. */
  readonly cluster?: readonly (string | RedisAddress)[]
  /** The sentinels that monitor the master. */
  readonly sentinel?: RedisSentinelOptions
  /**
   * Maps addresses that a cluster or a sentinel announces, such as `'10.0.0.1:6379'`, to reachable
   * ones.
   */
  readonly natMap?: Readonly<Record<string, RedisAddress>>
  /**
   * Time limit of one attempt to connect, from the DNS lookup to the first reply.
   *
   * @default '600ms'
   */
  readonly connectTimeout?: Duration
  /** Resolves host names instead of `dns.lookup`. */
  readonly lookup?: LookupFunction
}

export interface RedisSentinelOptions {
  /** The name under which the sentinels monitor the master. */
  readonly name: string
  readonly nodes: readonly (string | RedisAddress)[]
  /** The user name for the sentinels themselves. */
  readonly username?: string
  /** The password for the sentinels themselves. */
  readonly password?: string | CredentialsCallback
  /** TLS to the sentinels. @default the `tls` option of the data connection */
  readonly tls?: boolean | TlsOptions
}

/**
 * Where Redis is: a URL, options, or an ioredis client or Cluster (version 5 or 6). A client serves
 * as a template for our own connections (address, login, TLS, database). It is never used for
 * commands and never closed, and its `keyPrefix` does not apply.
 */
export type RedisInput = string | RedisConnectionOptions | RedisLike | ClusterLike
