import { SLOTS } from './hash-slot.js'
import type { Endpoint } from './endpoint.js'

/** A run of slots and the master that serves them. */
export interface SlotRange {
  readonly first: number
  readonly last: number
  readonly master: Endpoint
}

/** Which master serves which slot, as far as is known. */
export class SlotMap {
  readonly #owners: (Endpoint | undefined)[] = Array.from({ length: SLOTS })
  #isEmpty = true

  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** undefined when nobody is known to serve the slot. */
  ownerOf(slot: number): Endpoint | undefined {
    return this.#owners[slot]
  }

  /** Takes a whole new map. */
  replace(ranges: readonly SlotRange[]): void {
    this.#isEmpty = false
    this.#owners.fill(undefined)
    for (const { first, last, master } of ranges) this.#owners.fill(master, first, last + 1)
  }

  /** One slot has a new master, which the next whole map will show too. */
  move(slot: number, master: Endpoint): void {
    this.#owners[slot] = master
  }
}

/**
 * Reads the reply to `CLUSTER SLOTS`. undefined when it is none, or serves no slot at all.
 *
 * @param asked the host that answered; it stands for a host that is not told
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
  // A node that does not know its own name says nothing or a question mark.
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
