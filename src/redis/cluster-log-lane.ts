import type { Command } from './command.js'
import type { ClusterLink } from './cluster-link.js'
import type { ClusterServers } from './cluster-servers.js'
import { hashSlot } from './hash-slot.js'
import type { LogLane } from './log-connection.js'
import type { FailureReason } from './redaction.js'
import type { Server } from './server.js'

/**
 * The log's connection on a cluster. It follows the log's slot when another master takes it over.
 */
export class ClusterLogLane implements LogLane {
  readonly #link: ClusterLink
  readonly #servers: ClusterServers
  readonly #key: string
  #current: Server | undefined

  constructor(link: ClusterLink, servers: ClusterServers, key: string) {
    this.#link = link
    this.#servers = servers
    this.#key = key
  }

  run(command: Command): Promise<unknown> {
    this.#follow()
    return this.#link.run('log', this.#key, command, true)
  }

  reset(reason: FailureReason): void {
    this.#current?.reset('log', reason)
    this.#servers.hint()
  }

  async close(): Promise<void> {
    await this.#current?.closeLane('log')
  }

  #follow(): void {
    const owner = this.#servers.isKnown ? this.#servers.ownerOf(hashSlot(this.#key)) : undefined
    if (owner === undefined || owner === this.#current) return
    void this.#current?.closeLane('log')
    this.#current = owner
  }
}
