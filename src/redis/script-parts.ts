import type { Script } from './link.js'

/*
 * Every operation on Redis is a constant script; user data is only ever in KEYS and ARGV.
 *
 * One logical key is one hash: field `e:<version>` holds twelve bytes of server time (when it is
 * gone, when it is stale; six each) before the sealed entry, field `s:<version>` the stamp of that
 * entry where readers ask for it, field `l:<version>` six bytes (when the lease runs out) before the
 * holder's token. Only the server's own clock is compared with them, by the server: a clock that steps
 * costs lifetime, never coherence, since tokens decide everything else.
 */

/** `now`: the server's time. Milliseconds. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Has a key live at least so many milliseconds from now on. */
export const LIVE_AT_LEAST = `
local function live(key, milliseconds)
  if redis.call('PTTL', key) < tonumber(milliseconds) then redis.call('PEXPIRE', key, milliseconds) end
end`

/** What names one very store of an entry: its times, and its checksum, with which it ends. */
export const STAMP = `
local function stamp(value) return string.sub(value, 1, 12) .. string.sub(value, -8) end`

/**
 * Stores an entry in KEYS[1]; with '1' its stamp too, in one command so that there is never one alone.
 * Without, what is there of an earlier one is to be taken away.
 */
export const WRITE = `
local function write(field, value, stamped)
  if stamped == '1' then
    redis.call('HSET', KEYS[1], 'e:' .. field, value, 's:' .. field, stamp(value))
  else
    redis.call('HSET', KEYS[1], 'e:' .. field, value)
  end
end`

/** The lease of KEYS[1], if its token is the one given. */
export const HOLDS = `
local function holds(field, token)
  local lease = redis.pcall('HGET', KEYS[1], 'l:' .. field)
  return type(lease) == 'string' and string.sub(lease, 7) == token
end`

/** A script of this text, which may begin with an empty line. */
export function script(name: string, readOnly: boolean, text: string): Script {
  return { name, readOnly, text: text.trimStart() }
}
