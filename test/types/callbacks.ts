import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'

/** Callbacks that contradict each other, or the entry: one of them is wrong, whichever. */
export class Several {
  @Cached() async entry(id: string): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ key: (id: string) => id, condition: (id: number) => id > 1 }) async a(
    id: string,
  ): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ key: (id: number) => id, condition: (id: string) => id > '1' }) async b(
    id: string,
  ): Promise<string> {
    return id
  }
  // @ts-expect-error
  @Cached({ key: (id: string, n: string) => id + n, condition: (id: string, n: number) => n > 1 })
  async c(id: string, n: number): Promise<string> {
    return id + n
  }
  // @ts-expect-error
  @Cached({ key: (id: string) => id, condition: (id: string, n: string) => n > '1' }) async d(
    id: string,
    n: number,
  ): Promise<string> {
    return id + n
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'entry', condition: (id: number) => id > 1 }) async e(
    id: string,
  ): Promise<void> {
    await this.entry(id)
  }
  // @ts-expect-error
  @CachePut({ entry: 'entry', condition: (id: number) => id > 1 }) async f(
    id: string,
  ): Promise<string> {
    return id
  }
  // @ts-expect-error
  @CachedMany({ entry: 'entry', condition: (ids: number[]) => ids.length > 1 }) async g(
    ids: string[],
  ): Promise<string[]> {
    return ids
  }
  // @ts-expect-error
  @CachedMany({ entry: 'entry', condition: (ids: string) => ids.length > 1 }) async h(
    ids: string[],
  ): Promise<string[]> {
    return ids
  }
}

/** Rest parameters. */
export class Rest {
  @Cached() async entry(...ids: string[]): Promise<string> {
    return ids.join()
  }
  @Cached({ key: (...ids: string[]) => ids }) async a(...ids: string[]): Promise<string> {
    return ids.join()
  }
  @Cached({ key: (id: string, ...ids: string[]) => [id, ...ids] }) async b(
    id: string,
    ...ids: string[]
  ): Promise<string> {
    return ids.join()
  }
  @CacheEvict({ entry: 'entry' }) async c(...ids: string[]): Promise<void> {
    await this.entry(...ids)
  }
  // @ts-expect-error
  @Cached({ key: (...ids: number[]) => ids }) async d(...ids: string[]): Promise<string> {
    return ids.join()
  }
  // @ts-expect-error
  @CacheEvict({ entry: 'entry' }) async e(...ids: number[]): Promise<void> {
    await this.entry(ids.join())
  }
  // @ts-expect-error
  @Cached({ key: (id: string, ...ids: number[]) => [id, ...ids] }) async f(
    id: string,
    ...ids: string[]
  ): Promise<string> {
    return ids.join()
  }
}
