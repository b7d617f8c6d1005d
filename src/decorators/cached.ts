import { CacheConfigurationError } from '../errors.js'
import type { CachedOptions } from '../options/cached-options.js'
import { validCachedOptions } from '../options/validate-options.js'
import { declare } from './declare.js'
import type {
  AllWritten,
  AnnotateThis,
  MethodCacheDecorator,
  OfferedBy,
  Parameter,
  PromiseMethod,
  ResultOfferedBy,
  WrittenType,
} from './method-decorator.js'

/**
 * The options of `@Cached` with inferred types. Each callback has a parameter list of its own and
 * names as many of the method's parameters as it needs; a shared list would be inferred from the
 * first callback alone.
 */
export type InferredCachedOptions<
  Key extends Parameter,
  Ttl extends Parameter,
  Tags extends Parameter,
  Condition extends Parameter,
  Unless extends Parameter,
  Scope extends Parameter,
  Result,
  Instance,
> = Omit<CachedOptions, 'key' | 'ttl' | 'tags' | 'condition' | 'unless' | 'scope'> &
  Pick<CachedOptions<Key, Result, Instance>, 'key'> &
  Pick<CachedOptions<Ttl, Result, Instance>, 'ttl'> &
  Pick<CachedOptions<Tags, Result, Instance>, 'tags'> &
  Pick<CachedOptions<Condition, Result, Instance>, 'condition'> &
  Pick<CachedOptions<Unless, Result, Instance>, 'unless'> &
  Pick<CachedOptions<Scope, Result, Instance>, 'scope'>

/**
 * Caches the results of a method.
 *
 * Callbacks are checked against the method. Annotate their parameters, because TypeScript does not
 * infer a decorator's options from the method below it, or pass the method's type:
 * `@Cached<UserService['profile']>({ key: (id) => id })`.
 *
 * @throws CacheDeclarationError when it is used where it cannot work
 * @throws CacheConfigurationError for an unknown option or an invalid value
 */
export function Cached<
  Fn extends PromiseMethod = never,
  Key extends Parameter = OfferedBy<Fn>,
  Ttl extends Parameter = OfferedBy<Fn>,
  Tags extends Parameter = OfferedBy<Fn>,
  Condition extends Parameter = OfferedBy<Fn>,
  Unless extends Parameter = OfferedBy<Fn>,
  Scope extends Parameter = OfferedBy<Fn>,
  Result = ResultOfferedBy<Fn>,
  Instance = AnnotateThis,
>(
  options: InferredCachedOptions<Key, Ttl, Tags, Condition, Unless, Scope, Result, Instance> = {},
): MethodCacheDecorator<
  NoInfer<AllWritten<[Key, Ttl, Tags, Condition, Unless, Scope]>>,
  NoInfer<WrittenType<Result>>,
  NoInfer<WrittenType<Instance>>
> {
  return declare('@Cached', options, ({ name, label }) => {
    const checked = validCachedOptions(options, label)
    if (typeof name === 'symbol' && checked.entry === undefined) refuseSymbol(label)
    return { kind: 'cached', options: checked }
  })
}

/** Refuses a symbol as the entry's name: symbols differ between processes. */
function refuseSymbol(label: string): never {
  const expected = 'a name for the entry, because the method is named by a symbol'
  throw new CacheConfigurationError(`${label}: entry`, expected, undefined)
}
