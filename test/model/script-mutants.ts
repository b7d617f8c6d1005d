import { DENSE, type Mutant, PLAIN } from './mutant.js'
import {
  evicted,
  fieldsOf,
  first,
  keeping,
  keepingTexts,
  original,
  restore,
  tellingFirst,
  withAnyLease,
  withArguments,
  withScript,
  withScripts,
} from './script-mutations.js'

/** Redis with one rule left out of its scripts. */
export const SCRIPT_MUTANTS: readonly Mutant[] = [
  {
    rule: 'I2: a store needs the lease',
    focus: { ...PLAIN, kinds: ['read', 'evict'] },
    within: 300,
    apply: () => withScripts(withAnyLease('store')),
  },
  {
    rule: 'I2: an eviction ends the leases of its key',
    focus: { ...PLAIN, kinds: ['read', 'evict'] },
    within: 300,
    apply: () => keeping('invalidate', evicted, 'l:'),
  },
  {
    rule: 'I1: an eviction removes what is stored of its key',
    focus: { ...PLAIN, kinds: ['read', 'evict'] },
    within: 300,
    apply: () => keeping('invalidate', evicted, 'e:'),
  },
  {
    rule: 'I6: to clear gives the marker another token',
    focus: { ...PLAIN, kinds: ['read', 'clear-namespace', 'clear-entry'] },
    within: 300,
    apply: () => keepingTexts((k, m) => [k, k + m]),
  },
  {
    rule: 'I7: to invalidate a tag gives its marker another token',
    focus: { ...PLAIN, kinds: ['read', 'invalidate-tag'], isTagged: true },
    within: 500,
    apply: () => keepingTexts((k, m, t) => [k + m, k + m + t]),
  },
  {
    rule: 'I7: where the marker of a tag is missing, a clock that has moved refuses the result',
    focus: {
      ...DENSE,
      kinds: ['read', 'invalidate-tag'],
      faults: ['lose-marker'],
      consistency: 'strict',
      isTagged: true,
      isSlow: true,
    },
    within: 10_000,
    apply: () =>
      withScript('stamp-tags', (redis, keys, args) => {
        keys.slice(1).forEach((key, index) => {
          if (redis.get(key) === undefined) redis.set(key, `${args[0]}:${args[2 + index]}`, 60_000)
        })
        return original('stamp-tags')(redis, keys, args)
      }),
  },
  {
    rule: 'I15: a tag clock of another epoch refuses the result',
    focus: {
      ...DENSE,
      kinds: ['read', 'invalidate-tag'],
      faults: ['lose-marker'],
      isTagged: true,
      isSlow: true,
    },
    within: 5_000,
    apply: () =>
      withScripts(
        withArguments('stamp-tags', ([seen = '', ...rest], [clock = ''], redis) => {
          const [epoch] = (redis.get(clock) ?? '').split(':')
          return [`${epoch}:${seen.split(':')[1]}`, ...rest]
        }),
      ),
  },
  {
    rule: 'I7: a result is refused when one of its tags was invalidated during the load',
    focus: { ...PLAIN, kinds: ['read', 'invalidate-tag'], isTagged: true },
    within: 300,
    apply: () =>
      withScripts(
        withArguments('stamp-tags', ([, ...rest], [clock = ''], redis) => [
          redis.get(clock) ?? '',
          ...rest,
        ]),
      ),
  },
  {
    rule: 'I8: a put stores only under its own token',
    focus: { ...PLAIN, kinds: ['read', 'put', 'evict'] },
    within: 500,
    apply: () => withScripts(withAnyLease('finish-put')),
  },
  {
    rule: 'I2: a put removes what other code versions have stored',
    focus: { ...PLAIN, kinds: ['read', 'put'], versions: ['1', '2'] },
    within: 300,
    apply: () =>
      withScript('finish-put', (redis, keys, args) => {
        const kept = fieldsOf(redis, keys.slice(0, 1), 'e:')
        const reply = original('finish-put')(redis, keys, args)
        restore(
          redis,
          kept.filter(({ field }) => field !== `e:${args[0]}`),
        )
        return reply
      }),
  },
  {
    rule: 'I2: a message follows the deletes that it tells of',
    focus: {
      ...PLAIN,
      kinds: ['read', 'evict'],
      servers: 2,
      processes: 3,
      consistency: 'bounded',
      isHasty: false,
      isTagged: false,
      isSlow: false,
    },
    isRare: true,
    within: 10_000,
    apply: () => ({ linkOf: tellingFirst }),
  },
  {
    rule: 'I2: two stores of one instant are two, also for a reader that has the first',
    focus: {
      ...DENSE,
      kinds: ['read', 'evict'],
      consistency: 'strict',
      versions: ['1'],
      faults: ['silent-log'],
      isHasty: false,
      isSlow: false,
    },
    isRare: true,
    within: 15_000,
    apply: () =>
      withScript('read', (redis, keys, args) => {
        const reply = original('read')(redis, keys, args) as (string | number | null)[]
        return reply.map((value, index) => {
          const seen = args[2 * index] ?? ''
          const isSame =
            seen !== '' && typeof value === 'string' && value.startsWith(seen.slice(0, 12))
          return isSame && index <= Number(args[0]) ? value.slice(0, 12) : value
        })
      }),
  },
  {
    rule: 'I15: a marker that is made anew has a token that nobody has had',
    focus: { ...DENSE, kinds: ['read', 'clear-namespace'], faults: ['lose-marker'], isSlow: true },
    within: 5_000,
    apply: () =>
      withScripts(
        withArguments('acquire', (args) => {
          const m = Number(args[1])
          return args.map((arg, index) => (index >= 3 && index < 3 + m ? first(arg) : arg))
        }),
      ),
  },
  {
    rule: 'I15: a tag clock that is made anew has an epoch that nobody has had',
    focus: {
      ...DENSE,
      kinds: ['read', 'invalidate-tag'],
      faults: ['lose-marker'],
      consistency: 'strict',
      isTagged: true,
      isSlow: true,
    },
    within: 3_000,
    apply: () =>
      withScripts({
        ...withArguments('acquire', (args) =>
          args.map((arg, index) => (index >= 3 && arg.endsWith(':0') ? 'epoch:0' : arg)),
        ),
        ...withArguments('invalidate', (args) => {
          const at = 4 + Number(args[1]) + Number(args[2])
          return args.map((arg, index) => (index === at ? 'epoch' : arg))
        }),
      }),
  },
  {
    rule: 'I12: what was expired by hand ends the leases of its loads',
    focus: { ...PLAIN, kinds: ['read', 'expire'] },
    within: 500,
    apply: () => keeping('expire', (keys) => keys.slice(0, 1), 'l:'),
  },
]
