import type { Script } from './link.js'

/*
 * Every operation on Redis is one of these constant scripts; user data is only ever in KEYS and ARGV.
 *
 * One logical key is one hash: field `e:<version>` holds twelve bytes of server time (when it is
 * gone, when it is stale; six each) before the sealed entry, field `l:<version>` six bytes (when the
 * lease runs out) before the holder's token. Only the server's own clock is compared with them, by
 * the server: a clock that steps costs lifetime, never coherence, since tokens decide everything else.
 *
 * What invalidates begins with a DEL: at `maxmemory` Redis checks only the first write of a script
 * without a shebang, and a DEL is always let through.
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** What names one very store of an entry: its times, and its checksum, with which it ends. */
const STAMP = `
local function stamp(value) return string.sub(value, 1, 12) .. string.sub(value, -8) end`

const LIVE_AT_LEAST = `
local function live(key, milliseconds)
  if redis.call('PTTL', key) < tonumber(milliseconds) then redis.call('PEXPIRE', key, milliseconds) end
end`

/** The lease of KEYS[1], if its token is the one given. */
const HOLDS = `
local function holds(field, token)
  local lease = redis.pcall('HGET', KEYS[1], 'l:' .. field)
  return type(lease) == 'string' and string.sub(lease, 7) == token
end`

/**
 * Appends to the log. Each message names the one before it, so that a reader sees what it missed.
 * Needs a write that cannot be refused before it.
 */
const PUBLISH = `
local function publish(stream, tail, token, origin, names, length, lifetime)
  local previous = redis.pcall('SET', tail, token, 'PX', lifetime, 'GET')
  if type(previous) == 'table' then
    redis.call('DEL', tail)
    redis.call('SET', tail, token, 'PX', lifetime)
  end
  if type(previous) ~= 'string' then previous = '' end
  local message = {'XADD', stream, 'MAXLEN', '~', length, '*', 't', token, 'p', previous, 'o', origin, 'n', names}
  if type(redis.pcall(unpack(message))) == 'table' then
    redis.call('DEL', stream)
    redis.call(unpack(message))
  end
  redis.call('PEXPIRE', stream, lifetime)
end`

/**
 * KEYS: n entries, then markers. ARGV: n, then per entry its version and the stamp the reader has.
 * Returns the server's time, per entry its bytes (only the times when the stamp is the same, nothing
 * when there is none), then the markers' tokens.
 */
export const READ: Script = script(
  'read',
  true,
  `#!lua flags=no-writes
${NOW}${STAMP}
local n = tonumber(ARGV[1])
local reply = {now}
for i = 1, n do
  local value = redis.pcall('HGET', KEYS[i], 'e:' .. ARGV[2 * i])
  if type(value) ~= 'string' or #value <= 12 then
    value = false
  elseif ARGV[2 * i + 1] ~= '' and stamp(value) == ARGV[2 * i + 1] then
    value = string.sub(value, 1, 12)
  end
  reply[i + 1] = value
end
if #KEYS > n then
  local tokens = redis.call('MGET', unpack(KEYS, n + 1))
  for i = 1, #tokens do reply[n + 1 + i] = tokens[i] end
end
return reply`,
)

/**
 * KEYS: n entries, then m markers. ARGV: n, m, how long markers live, m tokens for markers that are
 * missing, then per entry: version, token, lease, stamp of what the caller has seen, 1 to take the
 * lease from whoever holds it.
 * Returns the server's time, the markers' tokens, then per entry {1, bytes} found, {2, holder, rest}
 * held, {3} granted, {4} refused by Redis.
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

/** KEYS: the entry. ARGV: version, token, lease. Returns 1 when the lease was still this holder's. */
export const RENEW: Script = script(
  'renew',
  false,
  `${NOW}${LIVE_AT_LEAST}${HOLDS}
if not holds(ARGV[1], ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'l:' .. ARGV[1], struct.pack('>I6', now + ARGV[3]) .. ARGV[2])
live(KEYS[1], ARGV[3])
return 1`,
)

/** KEYS: the entry. ARGV: version, token. */
export const RELEASE: Script = script(
  'release',
  false,
  `${HOLDS}
if holds(ARGV[1], ARGV[2]) then redis.call('HDEL', KEYS[1], 'l:' .. ARGV[1]) end
return 1`,
)

/**
 * KEYS: the entry. ARGV: version, token, sealed entry, milliseconds fresh, milliseconds kept.
 * Returns 1 when the lease still stood. Fields of other versions that have run out go on the way.
 */
export const STORE: Script = script(
  'store',
  false,
  `${NOW}${LIVE_AT_LEAST}${HOLDS}
local field = ARGV[1]
if not holds(field, ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'e:' .. field, struct.pack('>I6I6', now + ARGV[5], now + ARGV[4]) .. ARGV[3])
redis.call('HDEL', KEYS[1], 'l:' .. field)
live(KEYS[1], ARGV[5])
if redis.call('HLEN', KEYS[1]) > 1 then
  for _, other in ipairs(redis.call('HKEYS', KEYS[1])) do
    local value = redis.call('HGET', KEYS[1], other)
    if #value < 6 or struct.unpack('>I6', value) <= now then redis.call('HDEL', KEYS[1], other) end
  end
end
return 1`,
)

/**
 * KEYS: the entry, and on one server the log's stream and tail. ARGV: version, token, sealed entry
 * ('' for none), milliseconds fresh, milliseconds kept, then what the message needs.
 * Whatever else the hash holds (other versions, leases) goes: a put is an evict for them.
 * Returns 1 when it stored.
 */
export const FINISH_PUT: Script = script(
  'finish-put',
  false,
  `${NOW}${HOLDS}${PUBLISH}
local field, stored = ARGV[1], 0
if ARGV[3] ~= '' and holds(field, ARGV[2]) then
  local value = struct.pack('>I6I6', now + ARGV[5], now + ARGV[4]) .. ARGV[3]
  if type(redis.pcall('HSET', KEYS[1], 'e:' .. field, value)) ~= 'table' then
    for _, other in ipairs(redis.call('HKEYS', KEYS[1])) do
      if other ~= 'e:' .. field then redis.call('HDEL', KEYS[1], other) end
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[5])
    stored = 1
  end
end
if stored == 0 then redis.call('DEL', KEYS[1]) end
if KEYS[2] then publish(KEYS[2], KEYS[3], unpack(ARGV, 6, 10)) end
return stored`,
)

/**
 * KEYS: k entries, m markers, t tags, then the tag clock if there are tags, and on one server the
 * log's stream and tail. ARGV: k, m, t, how long markers live, m + t tokens and one more for a clock
 * that is missing, then what the message needs.
 */
export const INVALIDATE: Script = script(
  'invalidate',
  false,
  `${PUBLISH}
local k, m, t = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
for i = 1, k do redis.call('DEL', KEYS[i]) end
for i = 1, m do
  redis.call('DEL', KEYS[k + i])
  redis.call('SET', KEYS[k + i], ARGV[4 + i], 'PX', ARGV[4])
end
local at = k + m + t
if t > 0 then
  local clock = redis.pcall('GET', KEYS[at + 1])
  local epoch, counter
  if type(clock) == 'string' then epoch, counter = string.match(clock, '^([^:]+):(%d+)$') end
  if not epoch then epoch, counter = ARGV[5 + m + t], 0 end
  clock = epoch .. ':' .. string.format('%.0f', counter + 1)
  redis.call('DEL', KEYS[at + 1])
  redis.call('SET', KEYS[at + 1], clock, 'PX', ARGV[4])
  for i = 1, t do
    redis.call('DEL', KEYS[k + m + i])
    redis.call('SET', KEYS[k + m + i], clock .. ':' .. ARGV[4 + m + i], 'PX', ARGV[4])
  end
  at = at + 1
end
if KEYS[at + 1] then publish(KEYS[at + 1], KEYS[at + 2], unpack(ARGV, 6 + m + t, 10 + m + t)) end
return 1`,
)

/**
 * KEYS: the log's stream and tail. ARGV: what the message needs. On a cluster, after the deletes. Begins
 * with a write that is let through when memory is full, as what `publish` writes then is too.
 */
export const APPEND: Script = script(
  'append',
  false,
  `${PUBLISH}
redis.call('PEXPIRE', KEYS[2], ARGV[5])
publish(KEYS[1], KEYS[2], unpack(ARGV))
return 1`,
)

/**
 * KEYS: the tag clock, then tags. ARGV: the clock captured before the load, how long markers live,
 * then a token for each tag whose marker is missing. A marker is epoch:counter:token.
 * Returns the tokens, or nothing when a tag was invalidated since the capture, or may have been: the
 * clock is another one, or a marker is missing and the clock has moved.
 */
export const STAMP_TAGS: Script = script(
  'stamp-tags',
  false,
  `
local epoch, counter = string.match(ARGV[1], '^([^:]+):(%d+)$')
local clock = redis.pcall('GET', KEYS[1])
if not epoch or type(clock) ~= 'string' then return false end
local epochNow, counterNow = string.match(clock, '^([^:]+):(%d+)$')
if epochNow ~= epoch then return false end
local accepted, tokens = true, {}
for i = 2, #KEYS do
  local marker = redis.pcall('GET', KEYS[i])
  local its, at, token
  if type(marker) == 'string' then its, at, token = string.match(marker, '^([^:]+):(%d+):(.+)$') end
  if its == epochNow then
    if tonumber(at) > tonumber(counter) then accepted = false end
    if redis.call('PTTL', KEYS[i]) * 2 < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
  else
    token = ARGV[i + 1]
    if marker then redis.call('DEL', KEYS[i]) end
    redis.call('SET', KEYS[i], clock .. ':' .. token, 'PX', ARGV[2])
    if tonumber(counterNow) ~= tonumber(counter) then accepted = false end
  end
  tokens[i - 1] = token
end
return accepted and tokens or false`,
)

/**
 * KEYS: the entry, and on one server the log's stream and tail. ARGV: what the message needs. Begins
 * with a delete, which is let through when memory is full, and the writes after it then are too.
 */
export const EXPIRE: Script = script(
  'expire',
  false,
  `${NOW}${PUBLISH}
local fields = redis.pcall('HKEYS', KEYS[1])
if fields.err then
  redis.call('DEL', KEYS[1])
  fields = {}
end
redis.call('HDEL', KEYS[1], 'l:')
for _, field in ipairs(fields) do
  local value = redis.call('HGET', KEYS[1], field)
  if string.sub(field, 1, 2) ~= 'e:' or #value <= 12 then
    redis.call('HDEL', KEYS[1], field)
  elseif struct.unpack('>I6', value, 7) > now then
    redis.call('HSET', KEYS[1], field, string.sub(value, 1, 6) .. struct.pack('>I6', now) .. string.sub(value, 13))
  end
end
if KEYS[2] then publish(KEYS[2], KEYS[3], unpack(ARGV)) end
return 1`,
)

function script(name: string, readOnly: boolean, text: string): Script {
  return { name, readOnly, text: text.trimStart() }
}
