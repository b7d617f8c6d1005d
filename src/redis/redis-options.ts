// The declarations speak of Node's types here and elsewhere: compilers find them by this line, which they
// are asked to keep, also where a program's own settings name no types.
/// <reference types="node" preserve="true" />
import type { LookupFunction } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'

import type { Duration } from '../duration.js'
import type { ClusterLike, RedisLike } from './redis-like.js'

/** Where a server listens. */
export interface RedisAddress {
  readonly host: string
  /** @default 6379, for a sentinel 26379 */
  readonly port?: number
}

/** A user name and a password. Without a user name Redis takes it for the user `default`. */
export interface RedisCredentials {
  readonly username?: string
  readonly password: string
}

/**
 * Called for each new connection, so that a password or token may change while the process runs.
 * Returns the password, or user name and password.
 */
export type CredentialsCallback = () =>
  | string
  | RedisCredentials
  | Promise<string | RedisCredentials>

/** How to connect to Redis. */
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:port/database`, or `rediss://` for TLS. What stands beside it in these
   * options goes before what it says.
   */
  readonly url?: string
  /** @default '127.0.0.1' */
  readonly host?: string
  /** @default 6379 */
  readonly port?: number
  /** A Unix socket, instead of host and port. */
  readonly path?: string
  readonly username?: string
  readonly password?: string | CredentialsCallback
  /** The number of the database. Not for a cluster, which has one. @default 0 */
  readonly db?: number
  /**
   * TLS: `true`, or what `tls.connect` of Node takes (`ca`, `cert`, `key`, `servername`…). Certificates
   * are verified.
   */
  readonly tls?: boolean | TlsOptions
  /**
   * Takes any certificate from anybody, so whoever is between you and Redis can read and change
   * everything. There is a warning at each start. For a development machine only.
   */
  readonly dangerouslyAllowInsecureTls?: boolean
  /** Some nodes of a Redis Cluster; the others are found through them. */
  readonly cluster?: readonly (string | RedisAddress)[]
  /** The sentinels that know the master. */
  readonly sentinel?: RedisSentinelOptions
  /** What to connect to instead of an address that a cluster or a sentinel tells: `'10.0.0.1:6379'`. */
  readonly natMap?: Readonly<Record<string, RedisAddress>>
  /** How long one attempt to connect may take, from the name look-up to the first answer. @default '600ms' */
  readonly connectTimeout?: Duration
  /** Resolves host names, instead of `dns.lookup`. */
  readonly lookup?: LookupFunction
}

export interface RedisSentinelOptions {
  /** What the sentinels call the master. */
  readonly name: string
  readonly nodes: readonly (string | RedisAddress)[]
  /** Of the sentinels themselves. */
  readonly username?: string
  readonly password?: string | CredentialsCallback
  /** @default the same as for the data */
  readonly tls?: boolean | TlsOptions
}

/**
 * Where Redis is: a URL, options, or a client or Cluster of ioredis 5 or 6. A client is a pattern for
 * our own connections (address, login, TLS, database); it is never used itself, never closed, and its
 * `keyPrefix` does not apply.
 */
export type RedisInput = string | RedisConnectionOptions | RedisLike | ClusterLike
