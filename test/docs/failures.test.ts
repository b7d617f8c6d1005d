import { readFile } from 'node:fs/promises'

import { expect } from 'chai'

/** The folder of the project, seen from where this file is compiled to. */
const ROOT = await rootOf(new URL('./', import.meta.url))
const FAULTS = 52
/** How many faults may be argued instead of injected. */
const NOT_INJECTED = 4

interface TableRow {
  readonly number: number
  readonly cells: readonly string[]
  /** The tests that the row names. */
  readonly tests: readonly { readonly file: string; readonly title: string }[]
}

describe('docs/failures.md', () => {
  let rows: TableRow[] = []

  before(async () => {
    const text = await readFile(new URL('docs/failures.md', ROOT), 'utf8')
    rows = text.split('\n').flatMap((line) => rowOf(line))
  })

  it('has a row for each fault from F1 to F52, in order', () => {
    const expected = Array.from({ length: FAULTS }, (_, index) => index + 1)
    expect(rows.map(({ number }) => number)).to.deep.equal(expected)
    for (const { cells } of rows) expect(cells.every((cell) => cell.length > 0)).to.equal(true)
  })

  it('names tests that exist, and that say which fault they are about', async () => {
    for (const { number, tests } of rows) {
      expect(tests, `F${number}`).not.to.have.lengthOf(0)
      for (const { file, title } of tests) {
        const source = await readFile(new URL(`test/${file}`, ROOT), 'utf8')
        expect(isTitleIn(source, title), `F${number}: ${file}: ${title}`).to.equal(true)
      }
    }
  })

  it('has at most four faults that are not injected, and says what stands for each', () => {
    const argued = rows.filter(({ cells }) => cells.some((cell) => cell.includes('not injected')))
    expect(argued.length).to.be.at.most(NOT_INJECTED)
    for (const { number, tests } of rows) {
      const isNamed = tests.some(({ title }) => new RegExp(`\\bF${number}\\b`).test(title))
      const isArgued = argued.some((row) => row.number === number)
      expect(isNamed || isArgued, `F${number} is named by one of its tests`).to.equal(true)
    }
  })
})

/** `| F1 … | what the caller sees | [file](…): title; … | measured |` */
function rowOf(line: string): TableRow[] {
  const number = /^\| F(\d+)\b/.exec(line)?.[1]
  if (number === undefined) return []
  const cells = line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
  expect(cells, `F${number}`).to.have.lengthOf(4)
  const tests = [...(cells[2] ?? '').matchAll(/\[[^\]]+\]\(\.\.\/test\/([^)]+)\) “([^”]+)”/g)]
  return [
    {
      number: Number(number),
      cells,
      tests: tests.map(([, file = '', title = '']) => ({ file, title })),
    },
  ]
}

/** Whether a test of this title stands there, as it is written or with `…` for what is filled in. */
function isTitleIn(source: string, title: string): boolean {
  const pattern = title
    .split('…')
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
    .join(String.raw`\$\{[^}]+\}`)
  return new RegExp(`['\`]${pattern}['\`]`).test(source)
}

async function rootOf(folder: URL): Promise<URL> {
  try {
    await readFile(new URL('package.json', folder))
    return folder
  } catch {
    return rootOf(new URL('../', folder))
  }
}
