/** The one door to servers of a test's own: none of them is shared, so a test may do anything to them. */
export { type Certificate, type CertificateKind, makeCertificate } from './certificates.js'
export { type RedisCluster, type RedisClusterOptions, startCluster } from './redis-cluster.js'
export {
  type RedisSentinels,
  type RedisSentinelsOptions,
  startSentinels,
} from './redis-sentinels.js'
export {
  type ClientOptions,
  type RedisServer,
  type RedisServerOptions,
  startRedis,
} from './redis-server.js'
export { startTlsRedis, type TlsRedis } from './redis-tls.js'
