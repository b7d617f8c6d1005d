import type { Cache } from '../cache.js'
import {
  type CacheOperation,
  declarationsOf,
  type MethodDeclaration,
} from '../decorators/declaration.js'
import { runtimeOf } from '../decorators/runtime.js'
import { toMilliseconds } from '../duration.js'
import { type EntryHandle, entryOf } from '../entry-handle.js'
import type { WarmOptions } from '../options/warm-options.js'
import type { Open } from './argument-source.js'
import { cronSchedule } from './cron-schedule.js'
import { Pace } from './pace.js'
import { everySchedule, type Schedule } from './schedule.js'
import { Slots } from './slots.js'
import type { WarmTarget } from './warm-target.js'
import type { WarmupHooks } from './warmup-hooks.js'
import type { WarmupTask } from './warmup-task.js'

type Service = Record<string, (...args: unknown[]) => Promise<unknown>>
type Handle = EntryHandle<unknown[], unknown>

/** Default number of loads of one `@Warm` that run at once. */
const CONCURRENCY = 4

/**
 * Returns the tasks of an instance's `@Warm` decorators. Weaves the instance to the cache if it is
 * not woven. A disabled cache has no tasks, and their arguments are not read either.
 *
 * @throws CacheWeavingError for a method that is not `@Cached`
 * @throws CacheConfigurationError for an invalid `cron`
 */
export function methodTasksOf(instance: object, cache: Cache, hooks: WarmupHooks): WarmupTask[] {
  const declarations = warmDeclarationsOf(instance)
  if (declarations.length === 0 || !cache.isEnabled) return []
  if (runtimeOf(instance) === undefined) cache.weave(instance)
  return declarations.flatMap((declaration) =>
    declaration.operations
      .filter((operation) => isWarm(operation))
      .map(({ options }) => methodTask(instance, declaration, options, hooks)),
  )
}

/**
 * Returns the declarations with `@Warm`, without those of overridden methods, which a call on the
 * instance does not reach.
 */
function warmDeclarationsOf(instance: object): readonly MethodDeclaration[] {
  const declarations = declarationsOf(Object.getPrototypeOf(instance) as object)
  return declarations.filter(
    (declaration) =>
      declaration.operations.some((operation) => isWarm(operation)) &&
      declaration ===
        declarations.findLast(({ methodName }) => methodName === declaration.methodName),
  )
}

function isWarm(operation: CacheOperation): operation is CacheOperation & { kind: 'warm' } {
  return operation.kind === 'warm'
}

function methodTask(
  instance: object,
  { methodName }: MethodDeclaration,
  options: WarmOptions,
  hooks: WarmupHooks,
): WarmupTask {
  const label = `${instance.constructor.name || '(anonymous class)'}.${String(methodName)}`
  const handle: Handle = entryOf(instance as Service, methodName as string)
  const { timeout, rate } = options
  return {
    name: options.name ?? label,
    priority: options.priority ?? 0,
    isCritical: options.critical ?? false,
    timeout: timeout === undefined ? undefined : toMilliseconds(timeout, `${label}: timeout`),
    slots: new Slots(options.concurrency ?? CONCURRENCY),
    pace: rate === undefined ? undefined : new Pace(hooks.clock, rate),
    open: () => openArguments(options.arguments, instance),
    targetOf: (item) => (Array.isArray(item) ? methodTarget(handle, item) : undefined),
    schedule: scheduleOf(options, label, hooks),
    running: 0,
  }
}

function openArguments(source: WarmOptions['arguments'], instance: object): ReturnType<Open> {
  return typeof source === 'function' ? source(instance) : source
}

function scheduleOf(
  { every, cron }: WarmOptions,
  label: string,
  { clock, random }: WarmupHooks,
): Schedule | undefined {
  if (cron !== undefined) return cronSchedule(cron, `${label}: cron`)
  if (every === undefined) return undefined
  return everySchedule(toMilliseconds(every, `${label}: every`), clock, random)
}

function methodTarget(handle: Handle, args: unknown[]): WarmTarget {
  return {
    explain: () => handle.explain(...args),
    load: () => handle.get(...args),
    refresh: () => handle.refresh(...args),
    identity: () => handle.keyOf(...args) ?? '',
  }
}
