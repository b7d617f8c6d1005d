import { readFile } from 'node:fs/promises'

import { expect } from 'chai'

import { type Child, startChild } from './child.js'
import { eventually } from './eventually.js'
import type { AdderFunctions } from './fixtures/adder.js'

const FIXTURE = new URL('./fixtures/adder.js', import.meta.url)

describe('Child', () => {
  let child: Child<AdderFunctions> | undefined

  const start = async (...options: object[]): Promise<Child<AdderFunctions>> => {
    child = await startChild<AdderFunctions>(FIXTURE, ...options)
    return child
  }

  afterEach(async () => {
    await child?.kill()
  })

  it('answers questions, several at once, each with its own answer', async () => {
    const asked = await start()
    const sums = await Promise.all([1, 2, 3].map((number) => asked.ask('add', number, 10)))
    expect(sums).to.deep.equal([11, 12, 13])
  })

  it('carries what structured cloning carries', async () => {
    const asked = await start()
    const value = { map: new Map([[1, new Date(5)]]), big: 10n, nothing: undefined }
    expect(await asked.ask('echo', value)).to.deep.equal(value)
  })

  it('rejects with the message of what the fixture threw', async () => {
    const asked = await start()
    const outcome = await asked.ask('fail').catch((error: unknown) => error)
    expect(outcome).to.be.an('error').with.property('message', 'refused by the fixture')
  })

  it('rejects every open question when the process is killed, and every later one', async () => {
    const asked = await start()
    const open = asked.ask('never').catch((error: unknown) => String(error))
    await asked.kill()
    expect(await open).to.match(/has ended/)
    expect(asked.isRunning).to.equal(false)
    expect(await asked.ask('add', 1, 2).catch(String)).to.match(/has ended/)
  })

  it('shows the last words of a process that ends by itself', async () => {
    const asked = await start()
    const open = asked.ask('exit').catch((error: unknown) => String(error))
    await open
    await eventually(() => asked.output.includes('about to exit'))
  })

  it('stands still while it is frozen', async () => {
    const asked = await start()
    asked.freeze()
    let answered = false
    const sum = asked.ask('add', 1, 2).then((value) => {
      answered = true
      return value
    })
    await eventually(() => isStopped(asked.pid))
    expect(answered).to.equal(false)
    asked.thaw()
    expect(await sum).to.equal(3)
  })

  it('ends by itself when it is stopped', async () => {
    const asked = await start()
    await asked.stop()
    expect(asked.isRunning).to.equal(false)
  })

  it('starts with the environment and the Node options it is given, such as a skewed clock', async () => {
    const skew = 'data:text/javascript,const n=Date.now;Date.now=()=>n()+3600000'
    const asked = await start({ environment: { COLOUR: 'green' }, nodeOptions: ['--import', skew] })
    expect(await asked.ask('environment', 'COLOUR')).to.equal('green')
    expect((await asked.ask('now')) - Date.now()).to.be.within(3_590_000, 3_610_000)
  })

  it('fails to start with the output of a fixture that ends before it serves', async () => {
    const missing = new URL('./fixtures/missing.js', import.meta.url)
    const outcome = await startChild(missing).catch((error: unknown) => String(error))
    expect(outcome).to.match(/has ended[^]*missing\.js/)
  })
})

async function isStopped(pid: number): Promise<boolean> {
  // On systems without /proc a signal that was sent has been delivered by the next turn.
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') T')
  return status.includes(') T')
}
