/**
 * A generator of numbers from 0 to below 1 that a seed makes repeatable. It is George Marsaglia's
 * xorshift with 32 bits ("Xorshift RNGs", Journal of Statistical Software 8, 2003): good enough to
 * choose which byte to break, and nothing more.
 */
export function seededRandom(seed: number): () => number {
  // Seeds near one another would begin with numbers near one another; the multiplication parts them.
  let state = Math.imul(seed, 0x9e3779b1)
  // Zero is the one state that the generator never leaves.
  if (state === 0) state = 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
