/** Uses the cache without a container: a class, a cache, and one call of `weave`. */
import { Cached, CacheConfig, createCache, weave } from 'cachewright'

@CacheConfig({ namespace: 'primes', ttl: '1h' })
class Primes {
  computations = 0

  @Cached()
  async countBelow(limit: number): Promise<number> {
    this.computations++
    const isComposite = new Uint8Array(limit)
    let count = 0
    for (let candidate = 2; candidate < limit; candidate++) {
      if (isComposite[candidate] === 1) continue
      count++
      for (let multiple = candidate * 2; multiple < limit; multiple += candidate) {
        isComposite[multiple] = 1
      }
    }
    return count
  }
}

const cache = createCache()
const primes = weave(new Primes(), cache)

for (let round = 1; round <= 3; round++) {
  const start = performance.now()
  const count = await primes.countBelow(2_000_000)
  const milliseconds = (performance.now() - start).toFixed(3)
  console.log(`round ${round}: ${count} primes below two million, ${milliseconds} ms`)
}

// Concurrent callers share one computation.
const together = await Promise.all(Array.from({ length: 10 }, () => primes.countBelow(1_000_000)))
console.log(`ten callers at once: ${new Set(together).size} answer`)
console.log(`computed ${primes.computations} times for 13 calls`)

await cache.close()
