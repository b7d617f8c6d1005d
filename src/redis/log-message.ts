import type { LogMessage } from '../tiers/shared-store.js'

/** Most bytes of names in one message. Our writers stay below this. */
const LARGEST = 65_536

/**
 * Parses the reply to `XREAD` of one stream. A message that we did not write has no names, and its
 * reader must treat it as an invalidation of everything.
 */
export function readLogMessages(reply: unknown): LogMessage[] {
  if (!Array.isArray(reply)) return []
  const [stream] = reply as unknown[]
  if (!Array.isArray(stream) || !Array.isArray(stream[1])) return []
  return (stream[1] as unknown[]).map(readMessage)
}

function readMessage(message: unknown): LogMessage {
  const [id, list] = Array.isArray(message) ? (message as unknown[]) : []
  const fields = new Map<string, Buffer>()
  if (Array.isArray(list)) {
    for (let index = 0; index + 1 < list.length; index += 2) {
      const value: unknown = list[index + 1]
      if (Buffer.isBuffer(value)) fields.set(textOf(list[index]), value)
    }
  }
  return {
    id: textOf(id),
    token: textOf(fields.get('t')),
    previous: textOf(fields.get('p')),
    origin: textOf(fields.get('o')),
    names: readNames(fields.get('n')),
  }
}

/** Returns a Buffer or string as a string; the empty string for anything else. */
function textOf(value: unknown): string {
  return Buffer.isBuffer(value) || typeof value === 'string' ? value.toString() : ''
}

function readNames(text: Buffer | undefined): string[] | undefined {
  if (text === undefined || text.length > LARGEST) return undefined
  try {
    const names: unknown = JSON.parse(text.toString())
    return Array.isArray(names) && names.every(isText) ? names : undefined
  } catch {
    return undefined
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
