import { type Cache, WarmupRunner } from 'cachewright'
import { installCaching } from 'cachewright/inversify'
import { Container } from 'inversify'

import { Database } from './database.js'
import { PlacesService } from './places-service.js'

/** One running copy of the application: a container, a cache and a service. */
export interface Replica {
  readonly cache: Cache
  readonly service: PlacesService
  readonly warmup: WarmupRunner
}

/** Starts one replica. Without a Redis address, it caches in memory only. */
export function startReplica(database: Database, redis: string | undefined): Replica {
  const container = new Container()
  const cache = installCaching(container, {
    prefix: 'cachewright-example',
    ...(redis === undefined ? {} : { redis }),
  })
  container.bind(Database).toConstantValue(database)
  container.bind(PlacesService).toSelf().inSingletonScope()
  return {
    cache,
    service: container.get(PlacesService),
    warmup: container.get(WarmupRunner),
  }
}
