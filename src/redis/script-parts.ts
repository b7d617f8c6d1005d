import type { Script } from './link.js'

/*
 * Every operation on Redis is a constant script; user data occurs only in KEYS and ARGV.
 *
 * One logical key is one hash. Field `e:<version>` holds two server times of six bytes each (when
 * the entry expires, when it becomes stale), followed by the sealed entry. Field `s:<version>`
 * holds the stamp of that entry, where readers ask for it. Field `l:<version>` holds six bytes
 * (when the lease expires), followed by the holder's token. The server alone compares these times,
 * with its own clock: a clock that steps affects lifetimes, never coherence, because tokens decide
 * everything else.
 */

/** Defines `now`, the server's time in milliseconds. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Defines `live`, which makes a key live at least so many milliseconds from now. */
export const LIVE_AT_LEAST = `
local function live(key, milliseconds)
  if redis.call('PTTL', key) < tonumber(milliseconds) then redis.call('PEXPIRE', key, milliseconds) end
end`

/**
 * Defines `stamp`, which identifies one store of an entry: its times and the checksum at its end.
 */
export const STAMP = `
local function stamp(value) return string.sub(value, 1, 12) .. string.sub(value, -8) end`

/**
 * Defines `write`, which stores an entry in KEYS[1]. With '1' it stores the stamp too, in one
 * command so that neither exists alone. Without, the caller must remove the stamp of an earlier
 * entry.
 */
export const WRITE = `
local function write(field, value, stamped)
  if stamped == '1' then
    redis.call('HSET', KEYS[1], 'e:' .. field, value, 's:' .. field, stamp(value))
  else
    redis.call('HSET', KEYS[1], 'e:' .. field, value)
  end
end`

/** Defines `holds`: whether the lease in KEYS[1] has the given token. */
export const HOLDS = `
local function holds(field, token)
  local lease = redis.pcall('HGET', KEYS[1], 'l:' .. field)
  return type(lease) == 'string' and string.sub(lease, 7) == token
end`

/** Creates a script. Leading white space of the text is removed. */
export function script(name: string, readOnly: boolean, text: string): Script {
  return { name, readOnly, text: text.trimStart() }
}
