import { SLOTS } from './hash-slot.js'
import type { Endpoint } from './endpoint.js'

/** A range of slots and the master that serves them. */
export interface SlotRange {
  readonly first: number
  readonly last: number
  readonly master: Endpoint
}

/** Maps each slot to the master that serves it, as far as known. */
export class SlotMap {
  readonly #owners: (Endpoint | undefined)[] = Array.from({ length: SLOTS })
  #isEmpty = true

  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** Returns the master of a slot; undefined when none is known. */
  ownerOf(slot: number): Endpoint | undefined {
    return this.#owners[slot]
  }

  /** Replaces the whole map. */
  replace(ranges: readonly SlotRange[]): void {
    this.#isEmpty = false
    this.#owners.fill(undefined)
    for (const { first, last, master } of ranges) this.#owners.fill(master, first, last + 1)
  }

  /** Assigns one slot to a new master, until the next whole map. */
  move(slot: number, master: Endpoint): void {
    this.#owners[slot] = master
  }
}

/**
 * Parses the reply to `CLUSTER SLOTS`; undefined when it is not one or contains no slot.
 *
 * @param asked the host that replied; used where the reply does not name a host
 */
export function readSlots(reply: unknown, asked: string): SlotRange[] | undefined {
  if (!Array.isArray(reply)) return undefined
  const ranges = (reply as unknown[]).flatMap((range) => readRange(range, asked))
  return ranges.length === 0 ? undefined : ranges
}

function readRange(range: unknown, asked: string): SlotRange[] {
  if (!Array.isArray(range) || !Array.isArray(range[2])) return []
  const [first, last] = [Number(range[0]), Number(range[1])]
  const [host, port] = range[2] as unknown[]
  const name = host === null ? '' : String(host)
  if (!isBetween(first, 0, SLOTS - 1) || !isBetween(last, first, SLOTS - 1)) return []
  if (!isBetween(Number(port), 1, 65_535)) return []
  // A node that does not know its own name reports an empty name or a question mark.
  return [
    {
      first,
      last,
      master: { host: name === '' || name === '?' ? asked : name, port: Number(port) },
    },
  ]
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
