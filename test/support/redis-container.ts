import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'

export interface RedisContainer {
  readonly url: string
  stop(): Promise<void>
}

/** How long an engine may take to answer, in milliseconds. */
const PING_TIMEOUT = 500

/**
 * True when a container engine answers. This costs a millisecond where there is none; to import
 * testcontainers only to be told so would cost a third of a second in every run.
 */
export async function engineAnswers(): Promise<boolean> {
  const host = process.env['DOCKER_HOST'] ?? ''
  if (host.startsWith('unix://')) return answers({ socketPath: host.slice('unix://'.length) })
  if (host.startsWith('tcp://')) {
    const url = new URL(host)
    return answers({ host: url.hostname, port: Number(url.port || 2375) })
  }
  const runtimeFolder = process.env['XDG_RUNTIME_DIR'] ?? '/run/user/0'
  for (const socketPath of ['/var/run/docker.sock', join(runtimeFolder, 'docker.sock')]) {
    if (existsSync(socketPath) && (await answers({ socketPath }))) return true
  }
  return false
}

/** Starts Redis 7 (or `TEST_REDIS_IMAGE`) by testcontainers. */
export async function startContainer(): Promise<RedisContainer> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const image = process.env['TEST_REDIS_IMAGE'] ?? 'redis:7'
  const container = await new GenericContainer(image)
    .withExposedPorts(6379)
    // The default strategy looks from within, for which a small image has no shell.
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start()
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    async stop() {
      await container.stop()
    },
  }
}

function answers(
  target: { socketPath: string } | { host: string; port: number },
): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: PING_TIMEOUT }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('error', () => resolve(false))
    ping.on('timeout', () => {
      ping.destroy()
      resolve(false)
    })
    ping.end()
  })
}
