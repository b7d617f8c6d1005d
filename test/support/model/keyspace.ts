/** What Redis answers instead of a reply; its first word is what clients look at. */
export class ModelReplyError extends Error {
  override readonly name = 'ModelReplyError'

  get reply(): string {
    return this.message.split(' ', 1)[0] ?? ''
  }
}

export interface StreamMessage {
  readonly milliseconds: number
  readonly sequence: number
  readonly fields: readonly string[]
}

/** Texts are binary: one character per byte, as Lua has it. */
type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'hash'; readonly fields: Map<string, string> }
  | { readonly kind: 'stream'; messages: StreamMessage[] }
  | { readonly kind: 'list' }

type Kind = Value['kind']

interface Held {
  readonly value: Value
  readonly expiresAt: number
}

/** All data of a server at one moment, for a failover to go back to. */
export type Snapshot = ReadonlyMap<string, Held>

/** The part of Redis that our scripts use: its types, its expiry, and when it refuses a write. */
export class Keyspace {
  /** At `maxmemory` with `noeviction`. */
  isFull = false
  /** The last snapshot on disk has failed, so that Redis refuses every write. */
  isMisconfigured = false
  readonly #now: () => number
  #held = new Map<string, Held>()
  /** Redis checks memory only at the first write of a script. */
  #hasWritten = false
  #added: readonly string[] | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  get names(): string[] {
    return [...this.#held.keys()]
  }

  now(): number {
    return Math.floor(this.#now())
  }

  /** Has the commands that follow count as one script. Says whether the last one wrote. */
  begin(): void {
    this.#hasWritten = false
  }

  get hasWritten(): boolean {
    return this.#hasWritten
  }

  snapshot(): Snapshot {
    return new Map(copied(this.#held))
  }

  restore(snapshot: Snapshot): void {
    this.#held = new Map(copied(snapshot))
  }

  /** FLUSHALL. */
  clear(): void {
    this.#held.clear()
  }

  /** One key goes, as when memory is short and the policy is `allkeys-lru`. */
  lose(name: string): void {
    this.#held.delete(name)
  }

  kindOf(name: string): Kind | undefined {
    return this.#find(name)?.kind
  }

  /** Has somebody else write, whom no limit stops. */
  behindTheBack(work: () => void): void {
    const { isFull, isMisconfigured } = this
    this.isFull = false
    this.isMisconfigured = false
    work()
    this.isFull = isFull
    this.isMisconfigured = isMisconfigured
  }

  /** Puts a value of another type where one of ours belongs. */
  squat(name: string): void {
    this.#held.set(name, { value: { kind: 'list' }, expiresAt: Infinity })
  }

  get(name: string): string | undefined {
    return this.#typed(name, 'text')?.text
  }

  /** Unlike GET it takes what has another type for missing. */
  mget(names: readonly string[]): (string | undefined)[] {
    return names.map((name) => {
      const value = this.#find(name)
      return value?.kind === 'text' ? value.text : undefined
    })
  }

  set(name: string, text: string, lifetime: number): void {
    this.#write(true)
    this.#held.set(name, { value: { kind: 'text', text }, expiresAt: this.now() + whole(lifetime) })
  }

  delete(name: string): void {
    this.#write(false)
    this.#held.delete(name)
  }

  hget(name: string, field: string): string | undefined {
    return this.#typed(name, 'hash')?.fields.get(field)
  }

  hkeys(name: string): string[] {
    return [...(this.#typed(name, 'hash')?.fields.keys() ?? [])]
  }

  hset(name: string, field: string, text: string): void {
    this.#write(true)
    const present = this.#typed(name, 'hash')
    if (present === undefined) {
      const fields = new Map([[field, text]])
      this.#held.set(name, { value: { kind: 'hash', fields }, expiresAt: Infinity })
    } else {
      present.fields.set(field, text)
    }
  }

  hdel(name: string, field: string): void {
    this.#write(false)
    const present = this.#typed(name, 'hash')
    present?.fields.delete(field)
    if (present?.fields.size === 0) this.#held.delete(name)
  }

  /** -2 without the key, -1 when it lives for ever. */
  pttl(name: string): number {
    if (this.#find(name) === undefined) return -2
    const expiresAt = this.#held.get(name)?.expiresAt ?? Infinity
    return expiresAt === Infinity ? -1 : expiresAt - this.now()
  }

  pexpire(name: string, lifetime: number): void {
    this.#write(false)
    const value = this.#find(name)
    if (value === undefined) return
    if (lifetime <= 0) this.#held.delete(name)
    else this.#held.set(name, { value, expiresAt: this.now() + whole(lifetime) })
  }

  /** `MAXLEN ~` trims whole nodes of a hundred messages; the model trims at once what is above. */
  xadd(name: string, longest: number, fields: readonly string[]): void {
    this.#write(true)
    const present = this.#typed(name, 'stream')
    const last = present?.messages.at(-1)
    const milliseconds = Math.max(this.now(), last?.milliseconds ?? 0)
    const sequence = last?.milliseconds === milliseconds ? last.sequence + 1 : 0
    const message = { milliseconds, sequence, fields }
    this.#added = fields
    if (present === undefined) {
      const value: Value = { kind: 'stream', messages: [message] }
      this.#held.set(name, { value, expiresAt: Infinity })
    } else {
      present.messages.push(message)
      present.messages.splice(0, present.messages.length - longest)
    }
  }

  /** The fields of the message that was added since this was asked. */
  takeAdded(): readonly string[] | undefined {
    const added = this.#added
    this.#added = undefined
    return added
  }

  /** The messages of a stream, oldest first. */
  messages(name: string): readonly StreamMessage[] {
    return this.#typed(name, 'stream')?.messages ?? []
  }

  #find(name: string): Value | undefined {
    const held = this.#held.get(name)
    if (held === undefined) return undefined
    if (held.expiresAt > this.now()) return held.value
    this.#held.delete(name)
    return undefined
  }

  #typed<K extends Kind>(name: string, kind: K): Extract<Value, { kind: K }> | undefined {
    const value = this.#find(name)
    if (value === undefined) return undefined
    if (value.kind === kind) return value as Extract<Value, { kind: K }>
    throw new ModelReplyError('WRONGTYPE Operation against a key holding the wrong kind of value')
  }

  #write(needsMemory: boolean): void {
    if (this.isMisconfigured) throw new ModelReplyError('MISCONF Redis cannot save its data')
    if (needsMemory && this.isFull && !this.#hasWritten) {
      throw new ModelReplyError('OOM command not allowed when used memory > maxmemory')
    }
    this.#hasWritten = true
  }
}

function copied(held: Snapshot): [string, Held][] {
  return Array.from(held, ([name, { value, expiresAt }]) => [
    name,
    { value: copy(value), expiresAt },
  ])
}

function copy(value: Value): Value {
  if (value.kind === 'hash') return { kind: 'hash', fields: new Map(value.fields) }
  return value.kind === 'stream' ? { kind: 'stream', messages: [...value.messages] } : value
}

function whole(milliseconds: number): number {
  if (Number.isSafeInteger(milliseconds) && milliseconds > 0) return milliseconds
  throw new ModelReplyError('ERR value is not an integer or out of range')
}
