import type { NamespaceOverrides } from './cache-options.js'
import { closestOf } from './options/closest-of.js'
import type { EntryOptions } from './options/entry-options.js'
import { mergeEntryOptions } from './options/merge-entry-options.js'

/**
 * What a configuration says about entries, over what the code says; and which of it names nothing. A
 * class may be woven at any time, so a namespace that nobody has used is never known to be a mistake.
 */
export class Overrides {
  readonly #configured: ReadonlyMap<string, NamespaceOverrides>
  /** The entries that there are, by namespace. */
  readonly #used = new Map<string, Set<string>>()

  constructor(configured: Readonly<Record<string, NamespaceOverrides>>) {
    this.#configured = new Map(Object.entries(configured))
  }

  /** The options of an entry, which exists from now on. */
  of(namespace: string, entry: string): EntryOptions {
    const used = this.#used.get(namespace) ?? new Set()
    this.#used.set(namespace, used.add(entry))
    const { entries = {}, ...own } = this.#configured.get(namespace) ?? {}
    return mergeEntryOptions(own, Object.hasOwn(entries, entry) ? entries[entry] : undefined)
  }

  /** What names an entry that a namespace does not have, with its path. One sentence each. */
  unusedOf(namespace: string): Map<string, string> {
    const used = this.#used.get(namespace)
    const entries = Object.keys(this.#configured.get(namespace)?.entries ?? {})
    const unused = new Map<string, string>()
    for (const entry of entries) {
      if (used === undefined || used.has(entry)) continue
      const message = `the namespace has no such entry${guess(entry, used)}`
      unused.set(`namespaces.${namespace}.entries.${entry}`, message)
    }
    return unused
  }

  /** All that has named nothing so far. */
  unused(): Map<string, string> {
    const unused = new Map<string, string>()
    for (const namespace of this.#configured.keys()) {
      if (this.#used.has(namespace)) {
        for (const [path, message] of this.unusedOf(namespace)) unused.set(path, message)
      } else {
        const message = `nothing has used this namespace yet${guess(namespace, this.#used.keys())}`
        unused.set(`namespaces.${namespace}`, message)
      }
    }
    return unused
  }
}

function guess(written: string, known: Iterable<string>): string {
  const close = closestOf(written, known)
  return close === undefined ? '' : ` (is it ${close}?)`
}
