/** Uses the decorators as standard (TC39) ones, without `experimentalDecorators`. */
import { Cached, CacheConfig, CacheEvict, createCache, weave } from 'cachewright'

@CacheConfig({ namespace: 'greetings', ttl: '10m' })
class Greetings {
  written = 0
  #salutation = 'Hello'

  @Cached({ key: (name: string) => name.toLowerCase() })
  async greeting(name: string): Promise<string> {
    this.written++
    return `${this.#salutation}, ${name}!`
  }

  @CacheEvict({ entry: 'greeting', all: true })
  async changeSalutation(salutation: string): Promise<void> {
    this.#salutation = salutation
  }
}

const cache = createCache()
const greetings = weave(new Greetings(), cache)

console.log(await greetings.greeting('Ada'))
console.log(await greetings.greeting('ADA'))
console.log(`written ${greetings.written} times`)
await greetings.changeSalutation('Kia ora')
console.log(await greetings.greeting('Ada'))
console.log(`written ${greetings.written} times`)
await cache.close()
