import type { Lane } from './lane.js'
import { RedisReplyError, type RedisArgument } from './link.js'
import { readIdentity, type ServerIdentity } from './server-identity.js'

export interface SelfTestResult {
  /** Whether the server can support the shared tier's guarantees. If not, it is not used at all. */
  readonly usable: boolean
  /** Problems that need attention, one sentence each. */
  readonly problems: readonly string[]
}

/** Sends one command to the server of `key`. */
export type Ask = (
  lane: Lane,
  key: string,
  name: string,
  args: readonly RedisArgument[],
) => Promise<unknown>

/** The first major version with script flags. */
const OLDEST = 7

/**
 * Tries the commands of our scripts one by one, and returns those that this user lacks permission
 * for. Leaves nothing behind, and begins with a delete so that it works when memory is full. Inside
 * a script, a permission error can be recognised only by its text: one before Redis 7.2, one since.
 *
 * KEYS: a key that nobody uses.
 */
const TRY_COMMANDS = `
local missing = {}
local function try(name, ...)
  local reply = redis.pcall(name, ...)
  if type(reply) ~= 'table' or not reply.err then return end
  local text = reply.err
  if string.find(text, "can't run this command") or string.find(text, 'permissions to run') then
    missing[#missing + 1] = name
  end
end
local key = KEYS[1]
try('del', key)
try('time')
try('hset', key, 'f', 'v') try('hget', key, 'f') try('hlen', key) try('hkeys', key)
try('pexpire', key, 1000) try('pttl', key) try('hdel', key, 'f') try('del', key)
try('set', key, 'v', 'PX', 1000) try('get', key) try('mget', key) try('del', key)
try('xadd', key, '*', 'f', 'v') try('xrevrange', key, '+', '-', 'COUNT', 1) try('del', key)
return missing`

/** The commands that are sent outside of scripts, and what does not work without them. */
const DIRECT: readonly DirectCommand[] = [
  { name: 'get', args: (key) => [key], loss: 'the log of invalidations cannot be followed' },
  {
    name: 'xread',
    args: (key) => ['COUNT', 1, 'STREAMS', key, '$'],
    loss: 'the log of invalidations cannot be followed',
  },
  { name: 'wait', args: () => [0, 1], loss: '`durability` reports no replicas' },
]

interface DirectCommand {
  readonly name: string
  readonly args: (key: string) => RedisArgument[]
  readonly loss: string
}

/**
 * Finds out, with harmless commands, which permissions this user lacks and which server settings
 * endanger the cache. Whether a script that begins with a delete may exceed the memory limit cannot
 * be tested without filling the memory. Redis 7.0 allows it, and a failed invalidation is reported
 * anyway.
 *
 * @param prefix what all our keys begin with, possibly after an opening brace
 * @param isCluster whether commands are routed to the servers of their keys
 * @throws RedisUnavailableError when Redis does not answer
 */
export async function selfTest(
  ask: Ask,
  prefix: string,
  isCluster: boolean,
): Promise<SelfTestResult> {
  const keys = [`${prefix}:{#self-test}`, `{${prefix}#self-test}:x`]
  const [first = prefix] = keys
  const identity = await askIdentity(ask, first)
  const { rights: scripts, touchable = first } = await tryScripts(ask, keys)
  const losses = await tryDirectly(ask, touchable, identity !== undefined)
  const isOld = identity !== undefined && Number.parseInt(identity.version, 10) < OLDEST
  const isStray = identity?.isClusterNode === true && !isCluster
  const rights = [...scripts, ...losses.map(({ right }) => right)]
  const problems = [
    ...(rights.length === 0 ? [] : [describeRights(rights, scripts, losses)]),
    ...(isOld ? [`version ${identity.version} is older than the required ${OLDEST}.0`] : []),
    ...(isStray ? ['it is a node of a cluster, which requires the option `cluster`'] : []),
    ...describePolicy(identity?.evictionPolicy ?? (await askPolicy(ask, first))),
  ]
  return { usable: scripts.length === 0 && !isOld && !isStray, problems }
}

async function askIdentity(ask: Ask, key: string): Promise<ServerIdentity | undefined> {
  const reply = await permitted(ask('reads', key, 'info', []))
  return reply === REFUSED ? undefined : readIdentity(String(reply))
}

interface ScriptRights {
  /** The permissions that scripts lack. */
  readonly rights: readonly string[]
  /** A key that the user has access to, if there is one. */
  readonly touchable: string | undefined
}

/** Tests the scripts' permissions. Stops early when the user may not run scripts at all. */
async function tryScripts(ask: Ask, keys: readonly string[]): Promise<ScriptRights> {
  const [first = ''] = keys
  if ((await permitted(ask('writes', first, 'eval', ['return 1', 0]))) === REFUSED) {
    return { rights: ['+eval'], touchable: first }
  }
  const replies = await Promise.all(
    keys.map(async (key) => ({
      key,
      reply: await permitted(ask('writes', key, 'eval', [TRY_COMMANDS, 1, key])),
    })),
  )
  const rights = replies.flatMap(({ key, reply }) => {
    if (reply === REFUSED) return [`~${key.slice(0, key.search(/[:#]/))}*`]
    return Array.isArray(reply) ? reply.map((name) => `+${String(name)}`) : []
  })
  const touchable = replies.find(({ reply }) => reply !== REFUSED)?.key
  return { rights: [...new Set(rights)], touchable }
}

interface Loss {
  readonly right: string
  readonly loss: string
}

async function tryDirectly(ask: Ask, key: string, hasInfo: boolean): Promise<Loss[]> {
  const losses = await Promise.all(
    DIRECT.map(async ({ name, args, loss }) => {
      const reply = await permitted(ask('reads', key, name, args(key)))
      return reply === REFUSED ? [{ right: `+${name}`, loss }] : []
    }),
  )
  const info = 'each reconnection counts as a failover, and the version is not checked'
  return [...losses.flat(), ...(hasInfo ? [] : [{ right: '+info', loss: info }])]
}

async function askPolicy(ask: Ask, key: string): Promise<string | undefined> {
  const reply = await permitted(ask('reads', key, 'config', ['get', 'maxmemory-policy']))
  return Array.isArray(reply) ? String(reply[1]) : undefined
}

const REFUSED = Symbol('refused')

/**
 * Resolves to the reply, or to `REFUSED` for a permission error. Other error replies are ignored.
 */
async function permitted(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply
  } catch (error) {
    if (!(error instanceof RedisReplyError)) throw error
    return error.reply === 'NOPERM' ? REFUSED : undefined
  }
}

function describeRights(
  rights: readonly string[],
  scripts: readonly string[],
  losses: readonly Loss[],
): string {
  const consequences = [
    ...(scripts.length === 0 ? [] : ['Redis is not used at all']),
    ...new Set(losses.map(({ loss }) => loss)),
  ]
  return `this user lacks ${rights.join(' ')}, so ${consequences.join('; ')}`
}

function describePolicy(policy: string | undefined): string[] {
  if (policy === undefined || !policy.startsWith('allkeys-')) return []
  return [
    `maxmemory-policy ${policy} also evicts the markers that entries are checked against, which ` +
      'costs hits; use noeviction or volatile-ttl',
  ]
}
