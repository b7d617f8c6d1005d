/*
 * What bundlers get instead of `index.ts` (see `exports` in package.json): the same, and with it what
 * `lazyRequire` would load by name, which no bundler can follow. Only Node itself, where loading what
 * is not needed would cost time, gets `index.ts`. What stays out: ioredis, which is optional, and
 * @node-rs/xxhash, which is a binary and has a substitute.
 */
import * as croner from 'croner'
import * as pLimit from 'p-limit'
import * as superjson from 'superjson'

import * as xxh3 from './keys/xxh3.js'
import { provideModule } from './lazy.js'
import * as redisTier from './redis/redis-tier.js'
import * as sealer from './values/sealer.js'
import * as warmup from './warmup/warmup.js'

provideModule('croner', croner)
provideModule('p-limit', pLimit)
provideModule('superjson', superjson)
provideModule('./keys/xxh3.js', xxh3)
provideModule('./redis/redis-tier.js', redisTier)
provideModule('./values/sealer.js', sealer)
provideModule('./warmup/warmup.js', warmup)

export * from './index.js'
