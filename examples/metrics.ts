/** Observes a cache in three ways: events, statistics, and metrics for Prometheus. */
import { Cached, CacheConfig, createCache, weave } from 'cachewright'
import { collectMetrics } from 'cachewright/prometheus'
import { Registry } from 'prom-client'

@CacheConfig({ namespace: 'weather', ttl: '5m' })
class Weather {
  @Cached()
  async forecast(city: string): Promise<string> {
    return city.length % 2 === 0 ? 'rain' : 'sun'
  }
}

const seen = new Map<string, number>()
const count = (event: string) => seen.set(event, (seen.get(event) ?? 0) + 1)

const cache = createCache({
  observer: {
    onHit: ({ tier }) => count(`hit in ${tier}`),
    onMiss: () => count('miss'),
  },
})
const registry = new Registry()
collectMetrics(cache, registry)

const weather = weave(new Weather(), cache)
for (const city of ['Bergen', 'Oslo', 'Bergen', 'Bergen', 'Quito']) await weather.forecast(city)

console.log('observer:', Object.fromEntries(seen))
console.log('stats:', cache.stats())
console.log(await registry.metrics())
await cache.close()
