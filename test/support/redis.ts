import { randomBytes } from 'node:crypto'

import { Redis } from 'ioredis'

import { engineAnswers, startContainer } from './redis-container.js'
import { installRedis, redisBinaryOnPath } from './redis-binary.js'
import { startRedis } from './redis-server.js'
import { onTeardown } from './teardown.js'

/** Where the run's Redis comes from, in the order in which it is looked for. */
const MODES = ['url', 'local', 'container', 'apt'] as const
export type RedisMode = (typeof MODES)[number]

interface TestRedis {
  readonly url: string
  readonly mode: RedisMode
}

const prefixes: string[] = []
/** A run whose tests need no Redis never imports this module, and so starts none. */
const current = await findRedis()
onTeardown(removePrefixes)

/** How the run's Redis was come by. */
export const REDIS_MODE: RedisMode = current.mode

/** The URL of the one Redis that all tests share. Others may use it: keep to `freshPrefix()`, flush nothing. */
export function redisUrl(): string {
  return current.url
}

/**
 * A key prefix that nobody else has: letters and digits only. Every key that begins with it (or with
 * it behind an opening brace, as a hash tag) is removed at the end of the run.
 */
export function freshPrefix(): string {
  const prefix = `t${randomBytes(10).toString('hex')}`
  prefixes.push(prefix)
  return prefix
}

async function findRedis(): Promise<TestRedis> {
  const forced = process.env['TEST_REDIS'] ?? ''
  if (forced !== '' && !MODES.some((mode) => mode === forced)) {
    throw new Error(`TEST_REDIS is ${forced}, and must be one of ${MODES.join(', ')}`)
  }
  const reasons: string[] = []
  for (const mode of MODES.filter((candidate) => forced === '' || candidate === forced)) {
    try {
      return { url: await start(mode), mode }
    } catch (error) {
      reasons.push(`${mode}: ${error instanceof Error ? error.message : String(error)}`)
      // Who names a Redis wants that one: to test against another would prove the wrong thing.
      if (mode === 'url' && givenUrl() !== '') break
    }
  }
  throw new Error(
    'The tests need a Redis. Set REDIS_URL, or put redis-server or valkey-server on PATH, or start ' +
      `a container engine, or run as root on Debian or Ubuntu.\n  ${reasons.join('\n  ')}`,
  )
}

function start(mode: RedisMode): Promise<string> {
  switch (mode) {
    case 'url':
      return checkUrl()
    case 'local':
      return startLocal()
    case 'container':
      return startInContainer()
    case 'apt':
      return startInstalled()
  }
}

async function checkUrl(): Promise<string> {
  const url = givenUrl()
  if (url === '') throw new Error('REDIS_URL is not set')
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    retryStrategy: () => null,
  })
  // The client reports a failed connection twice; the rejection of `connect` is the one we use.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.ping()
  } catch {
    // The client's own error may hold the password.
    throw new Error('the server behind REDIS_URL does not answer')
  } finally {
    client.disconnect()
  }
  return url
}

function givenUrl(): string {
  return process.env['REDIS_URL'] ?? ''
}

async function startLocal(): Promise<string> {
  const binary = await redisBinaryOnPath()
  if (binary === undefined) throw new Error('neither redis-server nor valkey-server is on PATH')
  return startBinary(binary)
}

async function startInContainer(): Promise<string> {
  if (!(await engineAnswers())) throw new Error('no container engine answers')
  const container = await startContainer()
  onTeardown(() => container.stop())
  return container.url
}

async function startInstalled(): Promise<string> {
  return startBinary(await installRedis())
}

async function startBinary(binary: string): Promise<string> {
  const server = await startRedis([], { binary })
  onTeardown(() => server.stop())
  return server.url
}

async function removePrefixes(): Promise<void> {
  if (prefixes.length === 0) return
  const client = new Redis(current.url, { lazyConnect: true, maxRetriesPerRequest: 1 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    for (const prefix of prefixes.splice(0)) {
      for (const pattern of [`${prefix}*`, `{${prefix}*`]) await removeKeys(client, pattern)
    }
  } finally {
    client.disconnect()
  }
}

async function removeKeys(client: Redis, pattern: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000)
    cursor = next
    if (keys.length > 0) await client.unlink(...keys)
  } while (cursor !== '0')
}
