import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'

import { attempt, openRedis, printTarget } from './harness.mjs'
import { startNode } from './fleet.mjs'
import { peers } from './peers.mjs'

/*
 * Counts how often the method runs, and how many commands Redis sees, when many callers want one
 * cold key at once: 1,000 callers in one process, and 250 in each of four. The method takes 100 ms.
 */
const redis = await openRedis()
if (redis !== undefined) {
  await printHerd(1, 1_000)
  await printHerd(4, 250)
  await redis.close()
}

async function printHerd(processes, callers) {
  console.log(`\n${processes} × ${callers} callers, one cold key\n`)
  for (const name of Object.keys(peers)) {
    const result = await attempt(name, () => herd(name, processes, callers))
    if (result === undefined) continue
    const { loads, commands } = result
    console.log(
      `${name.padEnd(38)} ${String(loads).padStart(6)} loads ${String(commands).padStart(6)} commands`,
    )
    if (name === 'cachewright') printTarget(loads, 1, 'loads')
  }
}

async function herd(name, processes, callers) {
  let loads = 0
  const load = async () => {
    loads += 1
    await sleep(100)
    return 1
  }
  const space = `herd-${processes}-${name.replaceAll(/\W/g, '')}`
  const options = { name, tiers: 'both', url: redis.url, space }
  const nodes = []
  const connection = new Redis(redis.url)
  const monitor = await connection.monitor()
  let commands = 0
  monitor.on('monitor', (_time, [command, ...args], source) => {
    // Commands inside scripts, and those of an idle process, are not sent on behalf of callers.
    const isAtRest = /^(xread|info|ping|client)$/i.test(command) || args[0]?.endsWith?.('tail')
    if (source !== 'lua' && !isAtRest) commands += 1
  })
  try {
    for (let index = 0; index < processes; index += 1) nodes.push(await startNode(options, load))
    await sleep(100)
    commands = 0
    await Promise.all(
      nodes.map(({ ask }) => ask('getMany', { argument: `cold-${space}`, callers })),
    )
    await sleep(200)
    return { loads, commands }
  } finally {
    for (const node of nodes) await node.stop()
    monitor.disconnect()
    connection.disconnect()
  }
}
