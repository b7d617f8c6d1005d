/** Identifies the Redis process that answers, and its replication history. */
export interface ServerIdentity {
  /** Changes with every start of the process. */
  readonly runId: string
  /** Changes with every failover. A server with another id may lack confirmed writes. */
  readonly replicationId: string
  readonly isMaster: boolean
  readonly isLoading: boolean
  readonly isClusterNode: boolean
  readonly version: string
  /** undefined when the server does not report it. */
  readonly evictionPolicy: string | undefined
}

/**
 * Whether confirmed writes may be lost. `'same'`: all are there, so only unconfirmed writes must be
 * repeated. `'changed'`: any of them may be lost.
 */
export type IdentityChange = 'same' | 'changed'

/** Parses the reply to `INFO`; undefined when it is not one. */
export function readIdentity(info: string): ServerIdentity | undefined {
  const fields = infoFields(info)
  const runId = fields.get('run_id')
  if (runId === undefined) return undefined
  return {
    runId,
    replicationId: fields.get('master_replid') ?? '',
    isMaster: fields.get('role') !== 'slave',
    isLoading: fields.get('loading') === '1',
    // The first name is Redis', the second one Valkey's.
    isClusterNode: (fields.get('redis_mode') ?? fields.get('server_mode')) === 'cluster',
    version: fields.get('redis_version') ?? '',
    evictionPolicy: fields.get('maxmemory_policy'),
  }
}

/** Compares two identities. An unknown one counts as changed. */
export function compareIdentities(
  before: ServerIdentity | undefined,
  after: ServerIdentity | undefined,
): IdentityChange {
  if (before === undefined || after === undefined) return 'changed'
  return before.runId === after.runId && before.replicationId === after.replicationId
    ? 'same'
    : 'changed'
}

/** Returns the `name:value` lines of a reply to `INFO`. */
export function infoFields(info: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}
