import type { Socket } from 'node:net'

/**
 * The little of an ioredis client that we use, so that neither major of it is needed to compile
 * against us and both fit (a type test proves it).
 */
export interface RedisLike {
  readonly options: object
  connect(): Promise<unknown>
  disconnect(): void
  duplicate(override?: object): RedisLike
  callBuffer(command: string, ...args: (string | Buffer | number)[]): Promise<unknown>
  on(event: string, listener: (...args: never[]) => void): unknown
}

/** The little of an ioredis Cluster that we read. We route commands ourselves. */
export interface ClusterLike {
  readonly isCluster: boolean
  readonly options: object
  nodes(): readonly RedisLike[]
}

export type ClientFactory = (settings: object) => RedisLike

/** What ioredis asks of a connector: it is how a client is given a socket of our own. */
export interface ConnectorLike {
  connect(): Promise<Socket>
  disconnect(): void
  check(): boolean
}

/** True for an ioredis client or Cluster of either major, also from another copy of the package. */
export function isClient(value: unknown): value is RedisLike | ClusterLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'options' in value &&
    'callBuffer' in value &&
    typeof value.callBuffer === 'function' &&
    'duplicate' in value
  )
}

export function isClusterClient(value: RedisLike | ClusterLike): value is ClusterLike {
  return 'isCluster' in value && value.isCluster
}
