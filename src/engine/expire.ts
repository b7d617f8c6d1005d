import type { EntryContext } from './entry-context.js'

/** Makes what is stored under a key stale, here and in Redis. Says whether Redis confirmed it. */
export async function expire(context: EntryContext, key: string): Promise<boolean> {
  const id = context.idOf(key)
  const { shared, origin } = context.parts
  expireHere(context, key, id)
  if (shared === undefined) return true
  const isConfirmed = await shared.expire(id, origin).then(
    () => true,
    () => false,
  )
  // What was read from Redis meanwhile was fresh there.
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
