/*
 * The entry point for bundlers (see `exports` in package.json). It exports what `index.ts` does and
 * also imports the modules that `lazyRequire` loads by name, because a bundler cannot follow those
 * names. Node itself gets `index.ts`, so that unused modules are not loaded. Two packages stay out:
 * ioredis, which is optional, and @node-rs/xxhash, which is a binary and has a substitute.
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
