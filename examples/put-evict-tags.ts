/**
 * Keeps the cache correct after writes: put a value, evict one key, evict everything with a tag.
 */
import { Cached, CacheConfig, CacheEvict, CachePut, createCache, weave } from 'cachewright'

@CacheConfig({ namespace: 'titles', ttl: '10m' })
class Titles {
  reads = 0
  readonly #stored = new Map([
    ['ada/1', 'On engines'],
    ['ada/2', 'On notes'],
    ['grace/1', 'On compilers'],
  ])

  @Cached({ tags: (_title: string, id: string) => [`author:${id.split('/')[0]}`] })
  async title(id: string): Promise<string> {
    this.reads++
    return this.#stored.get(id) ?? 'withdrawn'
  }

  @CachePut({ entry: 'title', key: (id: string) => id })
  async rename(id: string, title: string): Promise<string> {
    this.#stored.set(id, title)
    return title
  }

  @CacheEvict({ entry: 'title' })
  async withdraw(id: string): Promise<void> {
    this.#stored.delete(id)
  }

  @CacheEvict({ tags: (author: string) => [`author:${author}`] })
  async signAll(author: string): Promise<void> {
    for (const [id, title] of this.#stored) {
      if (id.startsWith(author)) this.#stored.set(id, `${title}, signed`)
    }
  }
}

const cache = createCache()
const titles = weave(new Titles(), cache)

async function show(event: string): Promise<void> {
  const readsBefore = titles.reads
  const found = await Promise.all(['ada/1', 'ada/2', 'grace/1'].map((id) => titles.title(id)))
  console.log(`${event}: ${titles.reads - readsBefore} reads; ${found.join('; ')}`)
}

await show('at first')
await show('again')
await titles.rename('grace/1', 'On bugs')
await show('after a put')
await titles.signAll('ada')
await show('after evicting a tag')
await titles.withdraw('grace/1')
await show('after evicting one')
await cache.close()
