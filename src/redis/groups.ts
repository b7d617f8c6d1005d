/** Entries and markers that one script can be given. */
export interface Group<Entry> {
  readonly entries: Entry[]
  readonly markers: string[]
}

/** Entries per script: enough to share the round trip, few enough not to hold up Redis. */
const CHUNK = 128

/** On one server: the first script takes all markers, the entries are dealt out. */
export function chunked<Entry>(
  entries: readonly Entry[],
  markers: readonly string[],
): Group<Entry>[] {
  const groups: Group<Entry>[] = [{ entries: entries.slice(0, CHUNK), markers: [...markers] }]
  for (let start = CHUNK; start < entries.length; start += CHUNK) {
    groups.push({ entries: entries.slice(start, start + CHUNK), markers: [] })
  }
  return groups
}

/** On a cluster: the keys of one script must share a slot. */
export function bySlot<Entry>(
  entries: readonly Entry[],
  markers: readonly string[],
  keyOf: (entry: Entry) => string,
  slotOf: (key: string) => number,
): Group<Entry>[] {
  const groups = new Map<number, Group<Entry>>()
  const groupOf = (key: string): Group<Entry> => {
    const slot = slotOf(key)
    const present = groups.get(slot)
    if (present !== undefined) return present
    const group: Group<Entry> = { entries: [], markers: [] }
    groups.set(slot, group)
    return group
  }
  for (const entry of entries) groupOf(keyOf(entry)).entries.push(entry)
  for (const marker of markers) groupOf(marker).markers.push(marker)
  return [...groups.values()]
}
