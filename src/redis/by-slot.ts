/** Groups keys by slot, because on a cluster the keys of one script must share a slot. */
export function bySlot(keys: readonly string[], slotOf: (key: string) => number): string[][] {
  const groups = new Map<number, string[]>()
  for (const key of keys) {
    const slot = slotOf(key)
    const present = groups.get(slot)
    if (present === undefined) groups.set(slot, [key])
    else present.push(key)
  }
  return [...groups.values()]
}
