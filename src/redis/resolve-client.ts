import type { ConnectionOptions as TlsOptions } from 'node:tls'

import { CacheConfigurationError } from '../errors.js'
import type { Endpoint } from './endpoint.js'
import { sharedLookup } from './open-socket.js'
import {
  isClusterClient,
  type ClientFactory,
  type ClusterLike,
  type RedisLike,
} from './redis-like.js'
import {
  type Access,
  CONNECT_TIMEOUT,
  REDIS_PORT,
  type RedisTarget,
  SENTINEL_PORT,
  type Topology,
  warningsAbout,
} from './redis-target.js'

/** The options that we take over from a client. All other settings are our own. */
interface ClientOptions {
  readonly host?: string | null
  readonly port?: number | string | null
  readonly path?: string | null
  readonly family?: number | string | null
  readonly username?: string | null
  readonly password?: string | null
  readonly db?: number | null
  readonly tls?: TlsOptions | boolean | null
  readonly natMap?: NatMap | null
  readonly name?: string | null
  readonly sentinels?: readonly ClientOptions[] | null
  readonly sentinelUsername?: string | null
  readonly sentinelPassword?: string | null
  readonly sentinelTLS?: TlsOptions | boolean | null
  readonly enableTLSForSentinelMode?: boolean | null
  readonly redisOptions?: ClientOptions | null
  /** Refused, because our connections need a connector of their own. */
  readonly Connector?: unknown
}

type NatMap =
  | Readonly<Record<string, { host: string; port: number }>>
  | ((address: string) => { host: string; port: number } | null | undefined)

/**
 * Reads address and credentials from a client of the user's. Credentials are read again for each
 * connection, so a password that is changed on the client takes effect.
 *
 * @param loadDriver loads ioredis; called for a Cluster only
 * @throws CacheConfigurationError for a client that cannot serve as a template
 */
export function resolveClient(
  client: RedisLike | ClusterLike,
  loadDriver: () => ClientFactory,
): RedisTarget {
  const options: ClientOptions = client.options
  if (options.Connector !== undefined) {
    throw new CacheConfigurationError('redis', 'a client without a Connector of its own', undefined)
  }
  const isCluster = isClusterClient(client)
  const data = isCluster ? { ...options.redisOptions } : options
  const login = (): ClientOptions => (isCluster ? (options.redisOptions ?? {}) : options)
  const usesTls = isCluster || !options.sentinels || options.enableTLSForSentinelMode === true
  const access: Access = {
    credentials: () => Promise.resolve(credentials(login().username, login().password)),
    mayChange: true,
    tls: usesTls ? tlsOf(data.tls) : undefined,
  }
  const topology = isCluster ? clusterOf(client) : topologyOf(options)
  return {
    topology,
    access,
    database: isCluster ? 0 : (options.db ?? 0),
    natMap: (address) => translate(options.natMap, address),
    connectTimeout: CONNECT_TIMEOUT,
    family: Number(data.family ?? 0),
    lookup: sharedLookup(),
    createClient: isCluster ? loadDriver() : (settings) => client.duplicate(settings),
    warnings: warningsAbout(access, topology),
  }
}

function topologyOf(options: ClientOptions): Topology {
  if (!options.sentinels) return { kind: 'single', endpoint: endpointOf(options, REDIS_PORT) }
  return {
    kind: 'sentinel',
    master: options.name ?? '',
    nodes: options.sentinels.map((sentinel) => endpointOf(sentinel, SENTINEL_PORT)),
    access: {
      credentials: () =>
        Promise.resolve(credentials(options.sentinelUsername, options.sentinelPassword)),
      mayChange: true,
      tls: tlsOf(options.sentinelTLS),
    },
  }
}

/** Uses the client's startup nodes, and the nodes that it has discovered so far. */
function clusterOf(client: ClusterLike): Topology {
  const given: unknown = 'startupNodes' in client ? client.startupNodes : []
  const known = client.nodes().map((node) => endpointOf(node.options, REDIS_PORT))
  const seeds = [...(Array.isArray(given) ? given.map(startupNode) : []), ...known]
  if (seeds.length === 0) {
    throw new CacheConfigurationError('redis', 'a Cluster client with at least one node', undefined)
  }
  return { kind: 'cluster', seeds }
}

function startupNode(node: unknown): Endpoint {
  if (typeof node === 'number') return { host: '127.0.0.1', port: node }
  if (typeof node !== 'string') return endpointOf(node as ClientOptions, REDIS_PORT)
  const { hostname, port } = new URL(node.includes('://') ? node : `redis://${node}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? REDIS_PORT : Number(port) }
}

function endpointOf({ host, port, path }: ClientOptions, otherwise: number): Endpoint {
  return {
    host: host ?? '127.0.0.1',
    port: Number(port ?? otherwise),
    path: path ?? undefined,
  }
}

function credentials(
  username: string | null | undefined,
  password: string | null | undefined,
): { username: string | undefined; password: string } | undefined {
  if (password === undefined || password === null) return undefined
  return { username: username ?? undefined, password }
}

function tlsOf(tls: TlsOptions | boolean | null | undefined): TlsOptions | undefined {
  return tls === true ? {} : tls || undefined
}

function translate(natMap: NatMap | null | undefined, address: string): Endpoint | undefined {
  if (natMap === undefined || natMap === null) return undefined
  return (typeof natMap === 'function' ? natMap(address) : natMap[address]) ?? undefined
}
