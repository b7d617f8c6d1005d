import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { run } from './run.mjs'

const SOURCES = '/etc/apt/sources.list.d/debian.sources'

/**
 * Brings the Valkey server of Debian's backports into `folder` without installing anything, and
 * returns the path of its binary; undefined where apt is not to be had or does not reach them.
 */
export async function newestValkey(folder) {
  const suite = backportsSuite()
  if (suite === undefined) return undefined
  const sources = join(folder, 'sources')
  const lists = join(folder, 'lists')
  mkdirSync(sources, { recursive: true })
  mkdirSync(join(lists, 'partial'), { recursive: true })
  writeFileSync(join(sources, 'backports.sources'), suite)
  const options = [
    ['-o', 'Dir::Etc::sourcelist=/dev/null'],
    ['-o', `Dir::Etc::sourceparts=${sources}`],
    ['-o', `Dir::State::lists=${lists}`],
  ].flat()
  const wanted = ['valkey-server', 'valkey-tools']
  for (const step of [['update'], ['download', ...wanted]]) {
    const { code } = await run('apt-get', ['-qq', ...options, ...step], { directory: folder })
    if (code !== 0) return undefined
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    const { code } = await run('dpkg', ['-x', file, join(folder, 'root')], { directory: folder })
    if (code !== 0) return undefined
  }
  const binary = join(folder, 'root/usr/bin/valkey-server')
  const { code } = await run(binary, ['--version'])
  return code === 0 ? binary : undefined
}

/** The first stanza of the system's own sources, which names its mirror and its keys, for backports. */
function backportsSuite() {
  try {
    const [stanza = ''] = readFileSync(SOURCES, 'utf8').split(/\n\n/)
    const suite = /^Suites: (\S+)/m.exec(stanza)?.[1]
    return suite && stanza.replace(/^Suites: .*$/m, `Suites: ${suite}-backports`)
  } catch {
    return undefined
  }
}
