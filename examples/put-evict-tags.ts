/** Writes that keep the cache right: put the new value, evict one entry, evict all of a tag. */
import { Cached, CacheConfig, CacheEvict, CachePut, createCache, weave } from 'cachewright'

interface Article {
  readonly id: string
  readonly author: string
  readonly title: string
}

@CacheConfig({ namespace: 'articles', ttl: '10m' })
class Articles {
  reads = 0
  readonly #stored = new Map<string, Article>([
    ['1', { id: '1', author: 'ada', title: 'On engines' }],
    ['2', { id: '2', author: 'ada', title: 'On notes' }],
    ['3', { id: '3', author: 'grace', title: 'On compilers' }],
  ])

  @Cached({ tags: (article: Article) => [`author:${article.author}`] })
  async article(id: string): Promise<Article> {
    this.reads++
    return this.#find(id)
  }

  @CachePut({ entry: 'article', key: (id: string) => id })
  async retitle(id: string, title: string): Promise<Article> {
    const article = { ...this.#find(id), title }
    this.#stored.set(id, article)
    return article
  }

  @CacheEvict({ entry: 'article' })
  async remove(id: string): Promise<void> {
    this.#stored.delete(id)
  }

  @CacheEvict({ tags: (author: string) => [`author:${author}`] })
  async signAll(author: string, signature: string): Promise<void> {
    for (const [id, article] of this.#stored) {
      const title = `${article.title} (${signature})`
      if (article.author === author) this.#stored.set(id, { ...article, title })
    }
  }

  #find(id: string): Article {
    const article = this.#stored.get(id)
    if (article === undefined) throw new RangeError(`There is no article ${id}.`)
    return article
  }
}

const cache = createCache()
const articles = weave(new Articles(), cache)
const titleOf = (id: string) => articles.article(id).then(({ title }) => title, String)
const show = async (event: string) => {
  const readsBefore = articles.reads
  const titles = await Promise.all(['1', '2', '3'].map(titleOf))
  console.log(`${event}: ${articles.reads - readsBefore} reads; ${titles.join(', ')}`)
}

await show('at first')
await show('again')
await articles.retitle('3', 'On bugs')
await show('after a put')
await articles.signAll('ada', 'signed')
await show('after evicting a tag')
await articles.remove('3')
await show('after evicting one')
await cache.close()
