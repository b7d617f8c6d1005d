import { expect } from 'chai'

import { runExample } from './run-example.js'

describe('the small examples', function () {
  this.timeout(120_000)

  it('plain-class computes once per argument, however many ask', async () => {
    const printed = await runExample('plain-class')

    expect(printed).to.match(/round 1: 148933 primes below two million/)
    expect(printed).to.match(/round 3: 148933 primes below two million/)
    expect(printed).to.include('ten callers at once: 1 answer')
    expect(printed).to.include('computed 2 times for 13 calls')
  })

  it('put-evict-tags reads again exactly what a write concerned', async () => {
    expect((await runExample('put-evict-tags')).trim().split('\n')).to.deep.equal([
      'at first: 3 reads; On engines; On notes; On compilers',
      'again: 0 reads; On engines; On notes; On compilers',
      'after a put: 0 reads; On engines; On notes; On bugs',
      'after evicting a tag: 2 reads; On engines, signed; On notes, signed; On bugs',
      'after evicting one: 1 reads; On engines, signed; On notes, signed; withdrawn',
    ])
  })

  it('programmatic gets, puts, refreshes and evicts without a decorator on the caller', async () => {
    const printed = await runExample('programmatic')

    expect(printed).to.match(/^peek before +undefined$/m)
    expect(printed).to.match(/^get loads +\{ currency: 'USD', perEuro: 3\.1 \}$/m)
    expect(printed).to.match(/^the method hits +\{ currency: 'USD', perEuro: 3\.1 \}$/m)
    expect(printed).to.match(/^refresh loads +\{ currency: 'USD', perEuro: 3\.2 \}$/m)
    expect(printed).to.match(/^after a put +\{ currency: 'USD', perEuro: 1\.1 \}$/m)
    expect(printed).to.match(/^after an evict +undefined$/m)
    expect(printed).to.match(/^loads +1$/m)
    expect(printed).to.match(/^get +42$/m)
    expect(printed).to.match(/^after the tag +undefined$/m)
  })

  it('standard-decorators caches without experimentalDecorators', async () => {
    expect((await runExample('standard-decorators/greetings')).trim().split('\n')).to.deep.equal([
      'Hello, Ada!',
      'Hello, Ada!',
      'written 1 times',
      'Kia ora, Ada!',
      'written 2 times',
    ])
  })

  it('metrics tells the same story in three ways', async () => {
    const printed = await runExample('metrics')

    expect(printed).to.match(/observer: \{.*miss.*: 3.*\}/)
    expect(printed).to.match(/hit in memory'?: 2/)
    expect(printed).to.match(/^# TYPE cachewright\w+ counter$/m)
    expect(printed).to.match(/^cachewright\w+\{.*namespace="weather".*\} 2$/m)
  })

  it('testing-your-service lets an hour pass in no time', async () => {
    const printed = await runExample('testing-your-service')

    expect(printed.trim().split('\n')).to.have.lengthOf(3)
    expect(printed).to.include('whoever asks waits for edition 3')
  })
})
