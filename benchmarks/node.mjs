import { openBare, peers } from './peers.mjs'

/*
 * One process of a fleet. It opens the library that its parent names, and executes the parent's
 * requests. Its slow method asks the parent, which plays the database and decides when a load ends.
 */
const asked = new Map()
let questions = 0
let peer

process.on('message', ({ id, action, argument }) => {
  if (action !== 'answer') {
    void act(id, action, argument)
    return
  }
  asked.get(id)?.(argument)
  asked.delete(id)
})
process.on('disconnect', () => process.exit())

const ACTIONS = {
  open: async ({ name, ...options }) => {
    peer = await (peers[name] ?? openBare)({ ...options, load })
    return peer !== undefined
  },
  get: (argument) => peer.get(argument),
  getMany: async ({ argument, callers }) => {
    const values = await Promise.all(Array.from({ length: callers }, () => peer.get(argument)))
    return values.length
  },
  // Returns when the drop began, by a clock that all processes of the machine share.
  dropAt: async (argument) => {
    const begin = process.hrtime.bigint()
    await peer.drop(argument)
    return String(begin)
  },
  drop: async (argument) => void (await peer.drop(argument)),
  dropTag: async () => void (await peer.dropTag()),
  clear: async () => void (await peer.clear()),
  watch: watchUntil,
  close: () => peer.close(),
}

async function act(id, action, argument) {
  try {
    process.send({ id, result: await ACTIONS[action](argument) })
  } catch (error) {
    process.send({ id, failure: String(error?.message ?? error) })
  }
}

function load(argument) {
  return new Promise((resolve) => {
    questions += 1
    asked.set(`load-${questions}`, resolve)
    process.send({ id: `load-${questions}`, load: argument })
  })
}

/**
 * Reads until the result is newer than `value`, and returns when that read began: from then on, the
 * old value was no longer served. Uses a clock that all processes of the machine share.
 */
async function watchUntil({ argument, value }) {
  for (;;) {
    const begin = process.hrtime.bigint()
    if ((await peer.get(argument)) > value) return String(begin)
    await new Promise(setImmediate)
  }
}
