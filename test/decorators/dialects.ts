import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Warm } from '../../src/decorators/warm.js'
import { runCommand } from '../support/run-command.js'
import type { Decorators } from './fixture.js'

export type Fixture = typeof import('./fixture.js')

/** One way in which a compiler applies decorators. */
export interface Dialect {
  readonly name: 'legacy' | 'standard'
  /** The fixture's classes, compiled that way. */
  load(): Promise<Fixture>
}

export const DECORATORS: Decorators = {
  Cached,
  CachedMany,
  CachePut,
  CacheEvict,
  CacheConfig,
  Warm,
}

export const DIALECTS: readonly Dialect[] = [
  { name: 'legacy', load: () => import('./fixture.js') },
  { name: 'standard', load: compileStandard },
]

let standard: Promise<Fixture> | undefined

/** The tests are compiled for legacy decorators; this compiles the fixture for the others, once. */
function compileStandard(): Promise<Fixture> {
  standard ??= compile()
  return standard
}

async function compile(): Promise<Fixture> {
  const folder = resolve('.tmp', 'standard-decorators')
  const compiler = resolve('node_modules', 'typescript', 'bin', 'tsc')
  const project = resolve('test', 'decorators', 'standard', 'tsconfig.json')
  await runCommand(process.execPath, [compiler, '-p', project, '--outDir', folder])
  const output = join(folder, 'test', 'decorators', 'fixture.js')
  return (await import(pathToFileURL(output).href)) as Fixture
}
