import type { Socket } from 'node:net'

/**
 * The part of an ioredis client that we use. It lets us compile without ioredis, and fits both
 * major versions (a type test proves it).
 */
export interface RedisLike {
  readonly options: object
  connect(): Promise<unknown>
  disconnect(): void
  duplicate(override?: object): RedisLike
  callBuffer(command: string, ...args: (string | Buffer | number)[]): Promise<unknown>
  on(event: string, listener: (...args: never[]) => void): unknown
}

/** The part of an ioredis Cluster that we read. We route commands ourselves. */
export interface ClusterLike {
  readonly isCluster: boolean
  readonly options: object
  nodes(): readonly RedisLike[]
}

export type ClientFactory = (settings: object) => RedisLike

/** The interface of an ioredis connector, through which a client receives our socket. */
export interface ConnectorLike {
  connect(): Promise<Socket>
  disconnect(): void
  check(): boolean
}

/** Whether `value` is a client or Cluster of either ioredis major, even from another copy of it. */
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
