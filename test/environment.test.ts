import { expect } from 'chai'

import { cacheOptionsFromEnvironment } from '../src/environment.js'
import { CacheConfigurationError } from '../src/errors.js'

const SECRET = 'hunter2'

describe('cacheOptionsFromEnvironment()', () => {
  for (const [environment, options] of [
    [{}, {}],
    [
      { REDIS_URL: ' redis://a ', CACHE_TTL: '5m' },
      { redis: { url: 'redis://a' }, defaults: { ttl: 300_000 } },
    ],
    [
      { REDIS_HOST: 'a', REDIS_PORT: '1', REDIS_TLS: 'yes' },
      { redis: { host: 'a', port: 1, tls: true } },
    ],
    // A service called redis, in Kubernetes.
    [{ REDIS_HOST: 'a', REDIS_PORT: 'tcp://10.0.0.1:6379' }, { redis: { host: 'a' } }],
    [{ REDIS_PORT: 'tcp://10.0.0.1:6379', REDIS_TLS: 'false' }, {}],
    [
      { CACHE_ENABLED: 'off', CACHE_PREFIX: 'shop' },
      { enabled: false, prefix: 'shop' },
    ],
    [{ NODE_ENV: 'staging' }, {}],
    [{ CACHE_PRESET: 'production', NODE_ENV: 'test' }, {}],
    [{ NODE_ENV: 'development' }, { defaults: { ttl: '10s' } }],
  ] as const) {
    it(`reads ${JSON.stringify(environment)}`, () => {
      expect(cacheOptionsFromEnvironment(environment)).to.deep.equal(options)
    })
  }

  for (const [environment, message] of [
    [
      { CACHE_PRESET: 'tset' },
      /^CACHE_PRESET: expected test or development or production, got "tset"$/,
    ],
    [{ CACHE_PREFIX: 'a b' }, /^CACHE_PREFIX: expected 1 to 64 letters/],
    [{ CACHE_TTL: 'soon' }, /^CACHE_TTL: expected a duration/],
    [{ CACHE_ENABLED: 'maybe' }, /^CACHE_ENABLED: expected true or false, got "maybe"$/],
    [
      { REDIS_PASSWORD: SECRET },
      /^REDIS_PASSWORD: it needs the address of Redis; set REDIS_URL, REDIS_HOST/,
    ],
    [{ REDIS_DB: '0' }, /^REDIS_DB: it needs the address of Redis/],
    [{ REDIS_SENTINEL_NAME: 'main' }, /^REDIS_SENTINEL_NAME: it needs the address of Redis/],
    [{ REDIS_CLUSTER: 'true' }, /^REDIS_CLUSTER: expected REDIS_CLUSTER_NODES, or REDIS_HOST/],
  ] as const) {
    it(`refuses ${JSON.stringify(environment)}, naming the variable`, () => {
      expect(() => cacheOptionsFromEnvironment(environment)).to.throw(
        CacheConfigurationError,
        message,
      )
    })
  }
})
