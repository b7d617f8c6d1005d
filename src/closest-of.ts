/**
 * Returns the known name that is most similar to a misspelt one; undefined when none is similar
 * enough.
 */
export function closestOf(written: string, known: Iterable<string>): string | undefined {
  let closest: string | undefined
  let least = FARTHEST + 1
  for (const name of known) {
    const edits = distance(written.toLowerCase().slice(0, 40), name.toLowerCase().slice(0, 40))
    if (edits < least) {
      closest = name
      least = edits
    }
  }
  return closest
}

/** Largest edit distance that still counts as similar. */
const FARTHEST = 2

/** Returns the Levenshtein distance, computed row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
