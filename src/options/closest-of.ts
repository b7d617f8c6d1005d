/** What somebody may have meant who wrote this name: the known one that is nearest to it, if any is near. */
export function closestOf(written: string, known: Iterable<string>): string | undefined {
  let closest: string | undefined
  let least = FARTHEST + 1
  for (const name of known) {
    const far = distance(written.toLowerCase().slice(0, 40), name.toLowerCase().slice(0, 40))
    if (far < least) {
      closest = name
      least = far
    }
  }
  return closest
}

/** Letters that may be wrong. */
const FARTHEST = 2

/** The edit distance of Levenshtein, row by row. */
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
