import { fork } from 'node:child_process'
import { once } from 'node:events'

const PROCESS = new URL('node.mjs', import.meta.url)

/**
 * Starts one process of a fleet, which uses one library.
 *
 * @param load called by the slow method of that process, in place of a database
 */
export async function startNode(options, load) {
  const child = fork(PROCESS, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const waiting = new Map()
  let asked = 0
  async function answer(id, argument) {
    const value = await load(argument)
    if (child.connected) child.send({ id, action: 'answer', argument: value })
  }
  child.on('message', ({ id, result, failure, load: argument }) => {
    if (String(id).startsWith('load-')) {
      void answer(id, argument)
      return
    }
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (failure === undefined) resolve(result)
    else reject(new Error(failure))
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process ended'))
  })
  function ask(action, argument) {
    asked += 1
    return new Promise((resolve, reject) => {
      waiting.set(asked, { resolve, reject })
      child.send({ id: asked, action, argument })
    })
  }
  async function stop() {
    if (child.exitCode !== null) return
    child.disconnect()
    await once(child, 'exit')
  }
  try {
    return { isOpen: await ask('open', options), ask, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
