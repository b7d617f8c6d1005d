import { RedisReplyError } from './link.js'
import { ConnectionFailure, replyFailure } from './redaction.js'
import { readIdentity, type ServerIdentity } from './server-identity.js'
import type { Session } from './session.js'

/**
 * Asks a server for its identity. Resolves to undefined when this user lacks the permission.
 *
 * @throws RedisReplyError, RedisUnavailableError
 */
export async function askIdentity(session: Session): Promise<ServerIdentity | undefined> {
  try {
    return readIdentity(String(await session.call('info', [])))
  } catch (error) {
    if (error instanceof RedisReplyError && error.reply === 'NOPERM') return undefined
    throw error
  }
}

/**
 * Resolves when the server answers. On the write lane it runs an empty script, which a write pause
 * delays like the writes to come.
 *
 * @throws RedisUnavailableError when the connection ends first
 */
export async function probe(session: Session, isForWrites: boolean): Promise<void> {
  try {
    if (isForWrites) await session.call('eval', ['return 1', 0])
    else await session.call('ping', [])
  } catch (error) {
    if (!(error instanceof RedisReplyError)) throw error
  }
}

/**
 * Admits a session if its server is a master that is ready to serve, and destroys it otherwise.
 * Resolves to the server's identity, if it is known.
 *
 * @throws ConnectionFailure
 */
export async function admit(
  session: Session,
  isForWrites: boolean,
  signal: AbortSignal,
): Promise<ServerIdentity | undefined> {
  const abandon = (): void => session.destroy('silent')
  signal.addEventListener('abort', abandon)
  try {
    if (signal.aborted) throw signal.reason
    const probing = isForWrites ? probe(session, true) : undefined
    const [identity] = await Promise.all([askIdentity(session), probing])
    if (identity?.isLoading === true) throw new ConnectionFailure('loading')
    if (identity?.isMaster === false) throw new ConnectionFailure('replica')
    return identity
  } catch (error) {
    session.destroy('closed')
    throw signal.aborted ? signal.reason : replyFailure(error)
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}
