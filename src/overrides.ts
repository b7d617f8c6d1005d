import type { NamespaceOverrides } from './cache-options.js'
import { closestOf } from './closest-of.js'
import type { EntryOptions } from './options/entry-options.js'
import { mergeEntryOptions } from './options/merge-entry-options.js'

/**
 * Entry options from configuration, which take precedence over those in the code. Also tracks which
 * of the configured names nothing has used. A class may be woven at any time, so an unused
 * namespace is never known to be a mistake.
 */
export class Overrides {
  readonly #configured: ReadonlyMap<string, NamespaceOverrides>
  /** The entries in use, by namespace. */
  readonly #used = new Map<string, Set<string>>()

  constructor(configured: Readonly<Record<string, NamespaceOverrides>>) {
    this.#configured = new Map(Object.entries(configured))
  }

  /** Returns the configured options of an entry, and notes that the entry exists. */
  of(namespace: string, entry: string): EntryOptions {
    const used = this.#used.get(namespace) ?? new Set()
    this.#used.set(namespace, used.add(entry))
    const { entries = {}, ...own } = this.#configured.get(namespace) ?? {}
    return mergeEntryOptions(own, Object.hasOwn(entries, entry) ? entries[entry] : undefined)
  }

  /**
   * Returns one sentence for each configured entry that the namespace does not have, by its path.
   */
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

  /**
   * Returns one sentence for each configured namespace or entry that nothing has used so far, by
   * its path.
   */
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
