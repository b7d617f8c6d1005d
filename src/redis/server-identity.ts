/** Which Redis process answers, and which history of writes it has. */
export interface ServerIdentity {
  /** Another one after every start of the process. */
  readonly runId: string
  /** Another one after every failover: a server with another id may lack what was confirmed. */
  readonly replicationId: string
  readonly isMaster: boolean
  readonly isLoading: boolean
  readonly isClusterNode: boolean
  readonly version: string
  /** undefined where it is not told. */
  readonly evictionPolicy: string | undefined
}

/**
 * What may have become of confirmed writes. `'same'`: they are all there, so only what was not
 * confirmed must be repeated. `'changed'`: any of them may be lost.
 */
export type IdentityChange = 'same' | 'changed'

/** Reads the reply to `INFO`. undefined when it is none. */
export function readIdentity(info: string): ServerIdentity | undefined {
  const fields = infoFields(info)
  const runId = fields.get('run_id')
  if (runId === undefined) return undefined
  return {
    runId,
    replicationId: fields.get('master_replid') ?? '',
    isMaster: fields.get('role') !== 'slave',
    isLoading: fields.get('loading') === '1',
    // Valkey calls it by a name of its own.
    isClusterNode: (fields.get('redis_mode') ?? fields.get('server_mode')) === 'cluster',
    version: fields.get('redis_version') ?? '',
    evictionPolicy: fields.get('maxmemory_policy'),
  }
}

/** A server that does not tell who it is must be taken for another one each time. */
export function compareIdentities(
  before: ServerIdentity | undefined,
  after: ServerIdentity | undefined,
): IdentityChange {
  if (before === undefined || after === undefined) return 'changed'
  return before.runId === after.runId && before.replicationId === after.replicationId
    ? 'same'
    : 'changed'
}

/** The `name:value` lines of `INFO`. */
export function infoFields(info: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}
