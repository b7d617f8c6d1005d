import { access, readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'

import { expect } from 'chai'

const root = dirname(createRequire(import.meta.url).resolve('cachewright/package.json'))
/** What stands in the repository only. */
const REPOSITORY_ONLY = /^test\//

interface Link {
  readonly page: string
  readonly path: string
  readonly anchor: string | undefined
}

describe('the links of README.md and docs/', () => {
  let pages: ReadonlyMap<string, string>
  let links: readonly Link[]

  before(async () => {
    const docs = (await readdir(join(root, 'docs'))).map((name) => `docs/${name}`)
    const names = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs]
    const texts = names.map(
      async (name) => [name, await readFile(join(root, name), 'utf8')] as const,
    )
    pages = new Map(await Promise.all(texts))
    links = [...pages].flatMap(([page, text]) => linksOf(page, text))
    expect(links.length).to.be.greaterThan(50)
  })

  it('lead to files that exist', async () => {
    for (const path of new Set(links.map((link) => link.path))) await access(join(root, path))
  })

  it('lead to headings that exist', () => {
    for (const { page, path, anchor } of links) {
      const text = pages.get(path)
      if (anchor === undefined || text === undefined) continue
      expect(anchorsOf(text), `${page} → ${path}`).to.include(anchor)
    }
  })

  it('stay within what is published, but for tests, of which README.md says where they are', async () => {
    const manifest = await readFile(join(root, 'package.json'), 'utf8')
    const { files } = JSON.parse(manifest) as { files: string[] }
    for (const { page, path } of links) {
      const isPublished = files.some((name) => path === name || path.startsWith(`${name}/`))
      if (isPublished) continue
      expect(path, page).to.match(REPOSITORY_ONLY)
    }
    expect(pages.get('README.md')).to.match(
      /\btests[^.]*are in the repository, not in the package/i,
    )
  })
})

function linksOf(page: string, text: string): Link[] {
  const prose = text.replaceAll(/^```.*?^```/gms, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^\w+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const resolved = path === '' ? page : posix.join(posix.dirname(page), path)
    return [{ page, path: resolved, anchor }]
  })
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, '')
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
