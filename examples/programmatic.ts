/** Uses and inspects the cache without decorators. */
import { Cached, CacheConfig, createCache, entryOf, weave } from 'cachewright'

interface Rate {
  readonly currency: string
  readonly perEuro: number
}

@CacheConfig({ namespace: 'rates', ttl: '1h' })
class Rates {
  asked = 0

  @Cached()
  async rate(currency: string): Promise<Rate> {
    this.asked++
    return { currency, perEuro: currency.length + this.asked / 10 }
  }
}

const cache = createCache()
const rates = weave(new Rates(), cache)
const rate = entryOf(rates, 'rate')

console.log('peek before     ', rate.peek('USD'))
console.log('get loads       ', await rate.get('USD'))
console.log('the method hits ', await rates.rate('USD'))
console.log('refresh loads   ', await rate.refresh('USD'))
await rate.put(['USD'], { currency: 'USD', perEuro: 1.1 })
console.log('after a put     ', await rates.rate('USD'))
console.log('explain         ', await rate.explain('USD'))
await rate.evict('USD')
console.log('after an evict  ', rate.peek('USD'))
console.log('key             ', rate.keyOf('USD'))

// No class is needed: a key, a function that loads its value, and the options of the value.
const loads: string[] = []
const load = async () => {
  loads.push('loaded')
  return ['en', 'fr', 'mi']
}
console.log('getOrLoad       ', await cache.getOrLoad('languages', load, { ttl: '1d' }))
console.log('getOrLoad again ', await cache.getOrLoad('languages', load, { ttl: '1d' }))
console.log('loads           ', loads.length)
await cache.set('answer', 42, { tags: ['numbers'] })
console.log('get             ', await cache.get('answer'))
await cache.invalidateTags(['numbers'])
console.log('after the tag   ', await cache.get('answer'))
await cache.close()
