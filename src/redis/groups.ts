/** Entries and markers that one script can be given. */
export interface Group<Entry> {
  readonly entries: Entry[]
  readonly markers: string[]
}

/** Per script: enough to share the round trip, few enough not to hold up Redis, nor Lua's stack. */
const CHUNK = { entries: 128, markers: 1_024 }

/** On one server: entries and markers are dealt out; most often one script takes all. */
export function chunked<Entry>(
  entries: readonly Entry[],
  markers: readonly string[],
): Group<Entry>[] {
  const groups: Group<Entry>[] = []
  do {
    const from = { entries: groups.length * CHUNK.entries, markers: groups.length * CHUNK.markers }
    groups.push({
      entries: entries.slice(from.entries, from.entries + CHUNK.entries),
      markers: markers.slice(from.markers, from.markers + CHUNK.markers),
    })
  } while (
    groups.length * CHUNK.entries < entries.length ||
    groups.length * CHUNK.markers < markers.length
  )
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
  return Array.from(groups.values(), (group) => chunked(group.entries, group.markers)).flat()
}
