/** A source of random numbers in [0, 1). */
export type Random = () => number

/** Returns a seeded generator (mulberry32), so that every run replays the same calls. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Draws from a list by Zipf's law, which models popularity: the probability of the item of rank r
 * is proportional to 1 / r^exponent. With the exponent 0, all items are equally likely.
 */
export function zipfSampler<Item>(
  items: readonly Item[],
  exponent: number,
  random: Random,
): () => Item {
  let sum = 0
  const cumulative = items.map((_item, index) => (sum += (index + 1) ** -exponent))
  return () => {
    const target = random() * sum
    let low = 0
    let high = cumulative.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((cumulative[middle] ?? 0) > target) high = middle
      else low = middle + 1
    }
    const item = items[low]
    if (item === undefined) throw new RangeError('There is nothing to draw from.')
    return item
  }
}

/** Returns a shuffled copy of the list (Fisher–Yates). */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const here = copy[index] as Item
    copy[index] = copy[other] as Item
    copy[other] = here
  }
  return copy
}
