import { readdir, readFile } from 'node:fs/promises'

/** The folder of the sources, seen from where this file is compiled to. */
export const SOURCE = new URL(import.meta.url.replace(/\/(?:out|\.tmp\/[^/]+)\/test\/.*/, '/src/'))

export interface SourceFile {
  /** From `src` on. */
  readonly name: string
  readonly text: string
}

/** All that is written in src. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const names = (await readdir(SOURCE, { recursive: true })).filter((name) => name.endsWith('.ts'))
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, SOURCE), 'utf8') })),
  )
}
