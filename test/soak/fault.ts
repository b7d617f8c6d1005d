import type { History } from '../coherence/history.js'

/** What is done to a fleet while it works, each for as long as it is told. */
export const FAULTS = {
  'flush Redis': async ({ redis }) => {
    await redis.ask('FLUSHALL')
  },
  'lose keys': async ({ redis }) => {
    for (let count = 0; count < LOST_KEYS; count += 1) {
      const key = (await redis.ask('RANDOMKEY')) as string | null
      if (key !== null) await redis.ask('DEL', key)
    }
  },
  'kill connections': async ({ redis }) => {
    await redis.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  },
  'restart Redis': async ({ redis }, duration) => {
    await redis.kill()
    await sleep(duration)
    await redis.start()
  },
  'freeze Redis': async ({ redis }, duration) => {
    redis.freeze()
    await sleep(duration)
    redis.thaw()
  },
  'pause writes': async ({ redis }, duration) => {
    await redis.ask('CLIENT', 'PAUSE', Math.round(duration), 'WRITE')
    await sleep(duration)
  },
  'freeze a process': async ({ members }, duration, chance) => {
    const member = members[Math.floor(chance * members.length)]
    member?.freeze()
    await sleep(duration)
    member?.thaw()
  },
} satisfies Record<string, (history: History, duration: number, chance: number) => Promise<void>>

export type Fault = keyof typeof FAULTS

const LOST_KEYS = 20

/** All faults in a random order, again and again: each has had its turn before one comes twice. */
export function* faultsAtRandom(random: () => number): Generator<Fault, never> {
  for (;;) {
    const names = Object.keys(FAULTS) as Fault[]
    while (names.length > 0) {
      yield* names.splice(Math.floor(random() * names.length), 1)
    }
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, milliseconds))
  })
}
