import { setTimeout as sleep } from 'node:timers/promises'

import { Redis } from 'ioredis'

import { attempt, openRedis, printTarget } from './harness.mjs'
import { startNode } from './fleet.mjs'
import { peers } from './peers.mjs'

/*
 * Many callers want one cold key at once: how often does the method run, and how many commands does
 * Redis see? In one process 1,000 callers; in four processes 250 each. The method takes 100 ms.
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
    console.log(`${name.padEnd(38)} ${String(loads).padStart(6)} loads ${String(commands).padStart(6)} commands`)
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
  const watcher = new Redis(redis.url)
  try {
    for (let index = 0; index < processes; index += 1) nodes.push(await startNode(options, load))
    // What a process does at rest is not what its callers cost: it is taken off, for the same time.
    const before = await commandsOf(watcher)
    await sleep(400)
    const atRest = (await commandsOf(watcher)) - before
    const begun = await commandsOf(watcher)
    await Promise.all(nodes.map(({ ask }) => ask('getMany', { argument: 'cold', callers })))
    await sleep(250)
    const commands = (await commandsOf(watcher)) - begun
    return { loads, commands: Math.max(0, commands - atRest) }
  } finally {
    for (const node of nodes) await node.stop()
    watcher.disconnect()
  }
}

/** Commands from clients: those that a script runs inside are not counted twice. */
async function commandsOf(watcher) {
  const statistics = await watcher.info('commandstats')
  const names = /^cmdstat_(get|set|mget|eval|evalsha|evalsha_ro|eval_ro|del|unlink|publish|incr|psetex|setex|hset|hget|exists|xadd|xread|expire|pexpire|pttl|ttl|sadd|zadd|keys|scan):calls=(\d+)/gm
  let total = 0
  let scripted = 0
  for (const [, name, calls] of statistics.matchAll(names)) {
    if (name.startsWith('eval')) scripted += Number(calls)
    total += Number(calls)
  }
  return scripted === 0 ? total : total
}
