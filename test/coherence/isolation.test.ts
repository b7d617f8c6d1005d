import { expect } from 'chai'

import { KINDS, Stage } from './stage.js'

interface Plain {
  name: string
  list: number[]
}

interface Rich {
  at: Date
  map: Map<string, { deep: number }>
}

const plain = (): Plain => ({ name: 'Ada', list: [1, 2] })
const rich = (): Rich => ({ at: new Date(0), map: new Map([['key', { deep: 1 }]]) })

/** What a careless caller does to a result; where it is frozen, this throws. */
const CHANGES: Record<string, readonly [() => object, (value: never) => void]> = {
  'plain data': [
    plain,
    (value: Plain) => {
      value.list.push(3)
      value.name = 'Eva'
    },
  ],
  'what JSON does not know': [
    rich,
    (value: Rich) => {
      value.at.setTime(1)
      for (const each of value.map.values()) each.deep = 2
      value.map.clear()
    },
  ],
}

for (const kind of KINDS) {
  describe(`A result that its caller changes (${kind})`, () => {
    const stage = new Stage()

    before(() => stage.open())

    beforeEach(() => stage.next())

    after(() => stage.close())

    for (const isolation of ['freeze', 'copy'] as const) {
      for (const [what, [make, change]] of Object.entries(CHANGES)) {
        const meddle = (value: unknown): void => {
          try {
            change(value as never)
          } catch (error) {
            expect(error).to.be.instanceOf(TypeError)
          }
        }

        it(`I24: is the same as ever for all others, with ${isolation}: ${what}`, async () => {
          const consistency = kind === 'strict' ? 'strict' : 'bounded'
          const options = { defaults: { consistency, isolation } } as const
          const actor = await (kind === 'memory only'
            ? Promise.resolve(stage.alone(options))
            : stage.actor(options))
          const loaded = make()
          const read = (): Promise<unknown> => actor.rows.getOrLoad('key', async () => loaded)
          // Two who share one run of the method, then hits in memory or in Redis.
          const [first, joined] = await Promise.all([read(), read()])
          meddle(first)
          expect(joined).to.deep.equal(make())
          meddle(joined)
          await actor.settled()
          // Where there is Redis, the first hit is decoded from there, and kept.
          if (kind !== 'memory only') actor.parts.memory.clear()
          for (const time of ['first', 'second', 'third']) {
            const hit = await read()
            expect(hit, time).to.deep.equal(make())
            meddle(hit)
          }
          // The method's own object is nobody else's, and was never frozen.
          expect(loaded).to.deep.equal(make())
          change(loaded as never)
          expect(await read()).to.deep.equal(make())
        })
      }
    }
  })
}
