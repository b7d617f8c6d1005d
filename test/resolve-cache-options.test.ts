import { expect } from 'chai'

import { createCache } from '../src/create-cache.js'
import { CacheConfigurationError } from '../src/errors.js'
import { resolveCacheOptions } from '../src/resolve-cache-options.js'

function refusal(options: unknown): string {
  try {
    void createCache(options as object).close()
  } catch (error) {
    expect(error).to.be.instanceOf(CacheConfigurationError)
    return (error as Error).message
  }
  return 'nothing was refused'
}

describe('createCache()', () => {
  for (const [options, message] of [
    [null, /^createCache: expected an object that holds options, got null$/],
    ['redis://localhost', /^createCache: expected an object that holds options/],
    [{ memroy: {} }, /^createCache: memroy: expected an option that exists \(is it memory\?\)$/],
    [{ nothing: 1 }, /^createCache: nothing: expected an option that exists: redis, prefix, /],
    [{ memory: { maxItem: 5 } }, /^createCache: memory\.maxItem: .*\(is it maxItems\?\)$/],
    [{ memory: { maxItems: 0 } }, /^createCache: memory\.maxItems: .*got 0$/],
    [{ memory: true }, /^createCache: memory: expected false, or an object .*, got true$/],
    [{ coherence: '2s' }, /^createCache: coherence: expected an object with bound/],
    [{ coherence: { bond: '2s' } }, /^createCache: coherence\.bond: .*\(is it bound\?\)$/],
    [{ coherence: { bound: 999 } }, /^createCache: coherence\.bound: .*1s or more, got 999$/],
    [
      { coherence: { outageTtl: '1s' } },
      /^createCache: coherence\.outageTtl: .*2000 ms, got "1s"$/,
    ],
    [{ timeouts: { read: 0 } }, /^createCache: timeouts\.read: .*above zero, got 0$/],
    [{ durability: -1 }, /^createCache: durability: .*of 0 or more, got -1$/],
    [{ enabled: 'no' }, /^createCache: enabled: expected true or false, got "no"$/],
    [{ keyMode: 'hash' }, /^createCache: keyMode: expected 'readable' or 'digest', got "hash"$/],
    [{ observer: 5 }, /^createCache: observer: expected an object with functions such as onCall/],
    [{ observer: { onMiss: 5 } }, /^createCache: observer\.onMiss: expected a function, got 5$/],
    [{ observer: { onMis: () => 1 } }, /^createCache: observer\.onMis: there is no such listener/],
    [
      { observer: { oncall: () => 1 } },
      /^createCache: observer\.oncall: there is no such listener/,
    ],
    [{ observer: { OnHti: () => 1 } }, /^createCache: observer\.OnHti: there is no such listener/],
    [{ defaults: { tiers: ['mem'] } }, /tiers\[0\]: expected 'memory' or 'redis', got "mem"$/],
    [
      { logger: {} },
      /^createCache: logger: expected false, or an object with the functions info and/,
    ],
    [
      { clock: Date },
      /^createCache: clock: expected an object with the functions now and schedule/,
    ],
    [{ defaults: { ttl: '5 minuts' } }, /^createCache: defaults: ttl: expected a duration/],
    [{ namespaces: [] }, /^createCache: namespaces: expected an object/],
    [{ namespaces: { users: 5 } }, /^createCache: namespaces\.users: expected an object/],
    [
      { namespaces: { users: { tll: 5 } } },
      /^createCache: namespaces\.users: tll: .*\(is it ttl\?\)$/,
    ],
    [
      { namespaces: { users: { entries: 5 } } },
      /^createCache: namespaces\.users\.entries: expected/,
    ],
    [
      { namespaces: { users: { entries: { profile: { ttl: -1 } } } } },
      /^createCache: namespaces\.users\.entries\.profile: ttl: expected a duration .*got -1$/,
    ],
    [{ memory: false }, /^createCache: memory: .*since there is no redis.*enabled: false/],
    [
      { keySecret: 'a secret of many letters' },
      /^createCache: keyMode: expected 'digest' with a keySecret/,
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}, saying which option, what it may be, what came`, () => {
      expect(refusal(options)).to.match(message)
    })
  }

  it('shows nothing of an option that does not exist, which may be a misspelt secret', () => {
    expect(refusal({ keySecrte: 'hunter2-hunter2-hunter2' })).to.not.include('hunter2')
    expect(refusal({ radis: 'redis://:hunter2@db' })).to.not.include('hunter2')
  })

  it('lets a configuration leave out what it names, and keeps a copy of the rest', () => {
    const namespaces = { users: { entries: { profile: { ttl: 5 } } }, teams: undefined } as never
    const resolved = resolveCacheOptions({ namespaces })
    Object.assign(namespaces, { users: { ttl: 1 } })
    expect(resolved.namespaces).to.deep.equal({
      users: { entries: { profile: { ttl: 5 } } },
      teams: { entries: {} },
    })
  })
})
