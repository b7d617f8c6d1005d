import type { Script } from './link.js'
import { HOLDS, LIVE_AT_LEAST, NOW, script, STAMP, WRITE } from './script-parts.js'

/* The scripts that read entries, and that store them under a lease. */

/**
 * Reads entries and marker tokens.
 *
 * KEYS: n entries, then markers. ARGV: n, then per entry its version and the stamp the reader has.
 * Returns the server's time; per entry its bytes, only the 12 bytes of times when the reader has
 * the same stamp, or nil when there is none; then the tokens of the markers.
 *
 * Lua copies whatever a script reads. The stamp has a field of its own, so that an entry the reader
 * already has is not read at all. The time is nil unless an entry was found: only entries are
 * compared with it, and asking for it is a quarter of the cost of a miss or of reading markers
 * alone.
 */
export const READ: Script = script(
  'read',
  true,
  `#!lua flags=no-writes
local n, found = tonumber(ARGV[1]), false
local reply = {false}
for i = 1, n do
  local field, seen = ARGV[2 * i], ARGV[2 * i + 1]
  local value = false
  if seen ~= '' and redis.pcall('HGET', KEYS[i], 's:' .. field) == seen then
    value = string.sub(seen, 1, 12)
    found = true
  else
    local entry = redis.pcall('HGET', KEYS[i], 'e:' .. field)
    if type(entry) == 'string' and #entry > 12 then value, found = entry, true end
  end
  reply[i + 1] = value
end
if #KEYS > n then
  local tokens = redis.call('MGET', unpack(KEYS, n + 1))
  for i = 1, #tokens do reply[n + 1 + i] = tokens[i] end
end
if found then${NOW}
  reply[1] = now
end
return reply`,
)

/**
 * Requests leases, and creates missing markers.
 *
 * KEYS: n entries, then m markers. ARGV: n, m, lifetime of markers in milliseconds, m tokens for
 * missing markers, then per entry: version, token, lease in milliseconds, stamp of the entry the
 * caller has seen, 1 to take the lease from another holder.
 * Returns the server's time, the markers' tokens, then per entry {1, bytes} found, {2, holder,
 * milliseconds left} held, {3} granted, {4} refused by Redis.
 */
export const ACQUIRE: Script = script(
  'acquire',
  false,
  `${NOW}${STAMP}${LIVE_AT_LEAST}
local n, m = tonumber(ARGV[1]), tonumber(ARGV[2])
local reply = {now}
for i = 1, m do
  local key = KEYS[n + i]
  local token = redis.pcall('GET', key)
  if type(token) ~= 'string' then
    if token then redis.pcall('DEL', key) end
    token = ARGV[3 + i]
    if redis.pcall('SET', key, token, 'PX', ARGV[3]).err then token = false end
  elseif redis.call('PTTL', key) * 2 < tonumber(ARGV[3]) then
    redis.pcall('PEXPIRE', key, ARGV[3])
  end
  reply[1 + i] = token
end
for i = 1, n do
  local key, at = KEYS[i], 3 + m + (i - 1) * 5
  local field, token, lease, seen, force = unpack(ARGV, at + 1, at + 5)
  local value = redis.pcall('HGET', key, 'e:' .. field)
  if type(value) == 'table' then
    redis.pcall('DEL', key)
    value = false
  end
  local held = redis.pcall('HGET', key, 'l:' .. field)
  if value and #value <= 12 then value = false end
  local rest = type(held) == 'string' and #held > 6 and struct.unpack('>I6', held) - now or 0
  if force ~= '1' and value and struct.unpack('>I6', value) > now and stamp(value) ~= seen then
    reply[1 + m + i] = {1, value}
  elseif force ~= '1' and rest > 0 and rest <= 60000 then
    reply[1 + m + i] = {2, string.sub(held, 7), rest}
  else
    local granted = redis.pcall('HSET', key, 'l:' .. field, struct.pack('>I6', now + lease) .. token)
    if type(granted) == 'table' then
      reply[1 + m + i] = {4}
    else
      live(key, lease)
      reply[1 + m + i] = {3}
    end
  end
end
return reply`,
)

/**
 * Extends a lease. KEYS: the entry. ARGV: version, token, lease in milliseconds. Returns 1 when the
 * token still held the lease.
 */
export const RENEW: Script = script(
  'renew',
  false,
  `${NOW}${LIVE_AT_LEAST}${HOLDS}
if not holds(ARGV[1], ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'l:' .. ARGV[1], struct.pack('>I6', now + ARGV[3]) .. ARGV[2])
live(KEYS[1], ARGV[3])
return 1`,
)

/** Releases a lease if the token still holds it. KEYS: the entry. ARGV: version, token. */
export const RELEASE: Script = script(
  'release',
  false,
  `${HOLDS}
if holds(ARGV[1], ARGV[2]) then redis.call('HDEL', KEYS[1], 'l:' .. ARGV[1]) end
return 1`,
)

/**
 * Stores an entry if the token still holds the lease, and removes expired fields of other versions.
 *
 * KEYS: the entry. ARGV: version, token, sealed entry, milliseconds until stale, milliseconds until
 * expired, 1 to store the stamp too.
 * Returns 1 when it stored the entry.
 */
export const STORE: Script = script(
  'store',
  false,
  `${NOW}${LIVE_AT_LEAST}${HOLDS}${STAMP}${WRITE}
local field = ARGV[1]
if not holds(field, ARGV[2]) then return 0 end
write(field, struct.pack('>I6I6', now + ARGV[5], now + ARGV[4]) .. ARGV[3], ARGV[6])
local fields = 1
if ARGV[6] == '1' then
  redis.call('HDEL', KEYS[1], 'l:' .. field)
  fields = 2
else
  redis.call('HDEL', KEYS[1], 'l:' .. field, 's:' .. field)
end
live(KEYS[1], ARGV[5])
if redis.call('HLEN', KEYS[1]) > fields then
  for _, other in ipairs(redis.call('HKEYS', KEYS[1])) do
    local value = redis.call('HGET', KEYS[1], other)
    if #value < 6 or struct.unpack('>I6', value) <= now then redis.call('HDEL', KEYS[1], other) end
  end
end
return 1`,
)
