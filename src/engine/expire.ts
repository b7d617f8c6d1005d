import type { EntryContext } from './entry-context.js'

/**
 * Makes the value stored under a key stale, in memory and in Redis. Resolves with whether Redis
 * confirmed it; true without Redis.
 */
export async function expire(context: EntryContext, key: string): Promise<boolean> {
  const id = context.idOf(key)
  const { shared, origin } = context.parts
  expireHere(context, key, id)
  if (shared === undefined) return true
  const isConfirmed = await shared.expire(id, origin).then(
    () => true,
    () => false,
  )
  // A concurrent read may have copied the entry from Redis while it was still fresh there.
  expireHere(context, key, id)
  return isConfirmed
}

function expireHere({ parts }: EntryContext, key: string, id: string): void {
  const { memory, clock, fences } = parts
  fences.break(id)
  const entry = memory.get(key)
  const now = clock.now()
  if (entry !== undefined && entry.freshUntil > now) memory.set(entry.expiredAt(now))
}
