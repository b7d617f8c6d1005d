import type { Cache } from '../cache.js'
import { itemTask, type PlacedItem } from './item-task.js'
import { methodTasksOf } from './method-tasks.js'
import type { WarmupHooks } from './warmup-hooks.js'
import { type WarmItem, validItem, type WarmupInstances } from './warmup-options.js'
import type { WarmupTask } from './warmup-task.js'

/** The namespace of `cache.get` and its like. */
const DEFAULT_NAMESPACE = 'default'

/** All there is to warm: what the decorators of the instances say, and what was added. */
export class TaskList {
  readonly #cache: Cache
  readonly #hooks: WarmupHooks
  readonly #instances: WarmupInstances
  readonly #known = new WeakMap<object, readonly WarmupTask[]>()
  readonly #items = new Map<string, PlacedItem[]>()
  readonly #itemTasks: WarmupTask[] = []

  constructor(cache: Cache, hooks: WarmupHooks, instances: WarmupInstances) {
    this.#cache = cache
    this.#hooks = hooks
    this.#instances = instances
  }

  /**
   * The same task for the same instance each time; at once when the instances are there at once.
   *
   * @throws CacheWeavingError, CacheConfigurationError for a `@Warm` that cannot be followed
   */
  find(): readonly WarmupTask[] | Promise<readonly WarmupTask[]> {
    const found = this.#instances()
    return Symbol.iterator in found ? this.#tasksOf(found) : this.#collect(found)
  }

  /** @throws CacheConfigurationError for an item that is none; then no item is added */
  add(items: Iterable<WarmItem>): void {
    const placed = Array.from(items, (item) => this.place(item, 'WarmupRunner.add'))
    for (const each of placed) this.#addOne(each)
  }

  /** @throws CacheConfigurationError */
  place(item: WarmItem, label: string): PlacedItem {
    const valid = validItem(item, label)
    const namespace = this.#cache.namespace(valid.namespace ?? DEFAULT_NAMESPACE)
    return { item: valid, namespace }
  }

  #addOne(placed: PlacedItem): void {
    const { name = placed.namespace.name, priority = 0, critical = false } = placed.item
    const group = JSON.stringify([name, priority, critical])
    const present = this.#items.get(group)
    if (present !== undefined) {
      present.push(placed)
      return
    }
    const items = [placed]
    this.#items.set(group, items)
    this.#itemTasks.push(itemTask(name, priority, critical, items))
  }

  async #collect(
    found: AsyncIterable<object> | PromiseLike<Iterable<object>>,
  ): Promise<readonly WarmupTask[]> {
    const instances: object[] = []
    for await (const instance of await found) instances.push(instance)
    return this.#tasksOf(instances)
  }

  /** A container may know one instance by several names. */
  #tasksOf(instances: Iterable<object>): readonly WarmupTask[] {
    const tasks = Array.from(new Set(instances), (instance) => this.#tasksOfOne(instance))
    return [...tasks.flat(), ...this.#itemTasks]
  }

  #tasksOfOne(instance: object): readonly WarmupTask[] {
    const known = this.#known.get(instance)
    if (known !== undefined) return known
    const tasks = methodTasksOf(instance, this.#cache, this.#hooks)
    // A disabled cache may be another one the next time: only what was woven is remembered.
    if (tasks.length > 0) this.#known.set(instance, tasks)
    return tasks
  }
}
