import type { Cache } from '../../src/cache.js'

/** So many calls at once. */
const STEP = 1_000

/** Reads so many keys, each once, each with a tag of its own, and looks at what is kept now and then. */
export async function readDistinctKeys(
  cache: Cache,
  count: number,
  look: (done: number) => void,
): Promise<void> {
  const rows = cache.namespace('rows')
  for (let first = 0; first < count; first += STEP) {
    await Promise.all(
      Array.from({ length: STEP }, (_, offset) => {
        const id = first + offset
        return rows.getOrLoad(id, async () => ({ id, name: `row ${id}` }), { tags: [`tag:${id}`] })
      }),
    )
    look(first + STEP)
  }
}
