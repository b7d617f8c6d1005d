import { readFileSync } from 'node:fs'

import { expect } from 'chai'

const RACES = 'races in which'
const HIT = 'a [hit in memory]'
const MISS = 'a miss with Redis'

/** The first page quotes others: what they say now must be what it says. */
describe('the comparison in README.md', () => {
  const readme = readFileSync('README.md', 'utf8')
  const [, ...libraries] = cellsOf(readme, 'measured, side by side')

  it('counts the races that docs/coherence.md tells of', () => {
    const page = readFileSync('docs/coherence.md', 'utf8')
    const counted = libraries.map((library) => {
      const races = cellsOf(page, library, /^\S+ \d/).slice(1)
      const run = races.filter((cell) => cell !== '–')
      return `${run.filter((cell) => cell.startsWith('**old**')).length} of ${run.length}`
    })
    expect(quoted(RACES)).to.deep.equal(counted)
  })

  it('quotes the hits in memory and the misses that docs/performance.md tells of', () => {
    const [, page = ''] = readFileSync('docs/performance.md', 'utf8').split('## Hits and misses')
    const [, hit, , , , , miss] = cellsOf(page, '', /memory hit, text/)
    expect([hit, miss]).to.deep.equal(['memory hit, text', 'miss, Redis'])
    const rows = libraries.map((library) => cellsOf(page, library))
    expect(quoted(HIT)).to.deep.equal(rows.map((cells) => cells[1]))
    expect(quoted(MISS)).to.deep.equal(rows.map((cells) => cells[6]))
  })

  function quoted(row: string): string[] {
    return cellsOf(readme, row)
      .slice(1)
      .map((cell) => cell.replaceAll('**', ''))
  }
})

/** The cells of the first row whose first cell begins so. */
function cellsOf(page: string, beginning: string, row = /^/): string[] {
  for (const [line] of page.matchAll(/^\|.*$/gm)) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    const [first = ''] = cells
    if (first.startsWith(beginning) && (row.test(first) || row.test(cells[1] ?? ''))) return cells
  }
  throw new Error(`no row begins with ${beginning}`)
}
