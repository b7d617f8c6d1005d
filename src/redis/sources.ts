import { RedisUnavailableError } from '../errors.js'

/** What one script of a batch brought. */
export interface GroupReply<Entries> {
  readonly entries: Entries
  readonly tokens: ReadonlyMap<string, string | undefined>
}

/** Which script of a batch brings what: a request waits for those that bring its own, and no others. */
export class Sources<Entries> {
  readonly #byEntry = new Map<string, Promise<GroupReply<Entries>>>()
  readonly #byMarker = new Map<string, Promise<GroupReply<Entries>>>()

  add(
    ids: readonly string[],
    markers: readonly string[],
    reply: Promise<GroupReply<Entries>>,
  ): void {
    for (const id of ids) this.#byEntry.set(id, reply)
    for (const marker of markers) this.#byMarker.set(marker, reply)
  }

  async gather(
    id: string,
    markers: readonly string[],
  ): Promise<{ entries: Entries; tokens: (string | undefined)[] }> {
    const [own, ...others] = await Promise.all([
      this.#byEntry.get(id),
      ...markers.map((marker) => this.#byMarker.get(marker)),
    ])
    if (own === undefined) throw new RedisUnavailableError('a script brought no answer')
    const tokens = markers.map((marker, index) => others[index]?.tokens.get(marker))
    return { entries: own.entries, tokens }
  }
}
