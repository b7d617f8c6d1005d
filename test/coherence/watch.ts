import { createHash, randomBytes } from 'node:crypto'

import * as entryScripts from '../../src/redis/entry-scripts.js'
import * as invalidationScripts from '../../src/redis/invalidation-scripts.js'
import { eventually } from '../support/eventually.js'
import type { RedisServer } from '../support/servers.js'

const TEXTS = new Map(
  Object.values({ ...entryScripts, ...invalidationScripts }).map(({ text }) => [
    createHash('sha1').update(text).digest('hex'),
    text,
  ]),
)

/** One command that a client sent; what a script does inside is not among them. */
export interface SeenCommand {
  readonly name: string
  readonly args: readonly string[]
}

/** What Redis was asked while `work` ran, by everybody, in order: MONITOR's word for it. */
export async function watch(
  server: RedisServer,
  work: () => Promise<unknown>,
): Promise<SeenCommand[]> {
  const seen: SeenCommand[] = []
  const client = server.client({ lazyConnect: true })
  await client.connect()
  const monitor = await client.monitor()
  monitor.on('monitor', (_time: string, [name = '', ...args]: string[], source: string) => {
    if (source !== 'lua') seen.push(spelledOut({ name: name.toLowerCase(), args }))
  })
  const mark = async (): Promise<number> => {
    const token = randomBytes(8).toString('hex')
    const at = (): number =>
      seen.findIndex(({ name, args }) => name === 'echo' && args[0] === token)
    await server.ask('ECHO', token)
    await eventually(() => at() !== -1)
    return at()
  }
  try {
    const start = await mark()
    await work()
    return seen.slice(start + 1, await mark())
  } finally {
    monitor.disconnect()
    client.disconnect()
  }
}

/** A script is the same whether its text is sent, or its digest once the text was. */
function spelledOut({ name, args: [script = '', ...args] }: SeenCommand): SeenCommand {
  return name === 'evalsha'
    ? { name: 'eval', args: [TEXTS.get(script) ?? script, ...args] }
    : { name, args: [script, ...args] }
}

/** Without what each process asks by itself: the log, and who the server is. */
export function asked(commands: readonly SeenCommand[]): SeenCommand[] {
  return commands.filter(({ name, args }) => {
    if (name === 'get') return !args[0]?.endsWith('#log}:tail')
    // Whoever takes up the log anew, after it was flushed.
    if (name === 'eval') return !args[0]?.includes('XREVRANGE')
    return name !== 'xread' && name !== 'info'
  })
}
