import type { Cache } from '../cache.js'
import { itemTask, type PlacedItem } from './item-task.js'
import { methodTasksOf } from './method-tasks.js'
import type { WarmupHooks } from './warmup-hooks.js'
import { type WarmItem, validItem, type WarmupInstances } from './warmup-options.js'
import type { WarmupTask } from './warmup-task.js'

/** The namespace that `cache.get` uses. */
const DEFAULT_NAMESPACE = 'default'

/** All tasks: those of the `@Warm` methods of the instances, and those of added items. */
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
   * Returns all tasks, synchronously if the instances are available synchronously. An instance
   * always gets the same tasks.
   *
   * @throws CacheWeavingError, CacheConfigurationError for an invalid `@Warm`
   */
  find(): readonly WarmupTask[] | Promise<readonly WarmupTask[]> {
    const found = this.#instances()
    return Symbol.iterator in found ? this.#tasksOf(found) : this.#collect(found)
  }

  /**
   * Adds items for all later runs.
   *
   * @throws CacheConfigurationError for an invalid item; no item is added then
   */
  add(items: Iterable<WarmItem>): void {
    const placed = Array.from(items, (item) => this.place(item, 'WarmupRunner.add'))
    for (const each of placed) this.#addOne(each)
  }

  /**
   * Checks an item and returns it with its namespace.
   *
   * @throws CacheConfigurationError for an invalid item
   */
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

  /** Removes duplicates, because a container may know one instance under several identifiers. */
  #tasksOf(instances: Iterable<object>): readonly WarmupTask[] {
    const tasks = Array.from(new Set(instances), (instance) => this.#tasksOfOne(instance))
    return [...tasks.flat(), ...this.#itemTasks]
  }

  #tasksOfOne(instance: object): readonly WarmupTask[] {
    const known = this.#known.get(instance)
    if (known !== undefined) return known
    const tasks = methodTasksOf(instance, this.#cache, this.#hooks)
    // A disabled cache yields no tasks; only tasks of woven instances are remembered.
    if (tasks.length > 0) this.#known.set(instance, tasks)
    return tasks
  }
}
