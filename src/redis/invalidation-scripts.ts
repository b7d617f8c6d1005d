import type { Script } from './link.js'
import { HOLDS, NOW, script, STAMP, WRITE } from './script-parts.js'

/*
 * The scripts that change entries and markers and publish this in the log.
 *
 * At `maxmemory`, Redis checks only the first write of a script without a shebang, and never
 * refuses a DEL. So an invalidating script begins with a DEL, or falls back on one, and the writes
 * after it, in particular that of the message, cannot be refused.
 */

/**
 * Appends a message to the log. Each message names its predecessor, so a reader notices a gap. A
 * write that cannot be refused must come first.
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
 * Completes a put: stores the value or removes the entry, and publishes the change. Everything else
 * in the hash (other versions, leases) is removed, because for them a put is an evict.
 *
 * KEYS: the entry, and on a single server the log's stream and tail. ARGV: version, token, sealed
 * entry ('' for none), milliseconds until stale, milliseconds until expired, 1 to store the stamp
 * too, then the arguments of the message. Returns 1 when it stored the value.
 */
export const FINISH_PUT: Script = script(
  'finish-put',
  false,
  `${NOW}${HOLDS}${STAMP}${WRITE}${PUBLISH}
local field, stored = ARGV[1], 0
if ARGV[3] ~= '' and holds(field, ARGV[2]) then
  local value = struct.pack('>I6I6', now + ARGV[5], now + ARGV[4]) .. ARGV[3]
  if pcall(write, field, value, ARGV[6]) then
    local beside = ARGV[6] == '1' and 's:' .. field
    for _, other in ipairs(redis.call('HKEYS', KEYS[1])) do
      if other ~= 'e:' .. field and other ~= beside then redis.call('HDEL', KEYS[1], other) end
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[5])
    stored = 1
  end
end
if stored == 0 then redis.call('DEL', KEYS[1]) end
if KEYS[2] then publish(KEYS[2], KEYS[3], unpack(ARGV, 7, 11)) end
return stored`,
)

/**
 * Removes entries, renews markers and publishes the invalidation.
 *
 * KEYS: k entries, m markers, t tags, then the tag clock if there are tags, and on a single server
 * the log's stream and tail. ARGV: k, m, t, lifetime of markers in milliseconds, m + t tokens and
 * one more for a missing clock, then the arguments of the message.
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
 * Publishes a message on a cluster, after the deletes. Begins with a write that Redis permits when
 * memory is full, so that the writes of `publish` are permitted too.
 *
 * KEYS: the log's stream and tail. ARGV: the arguments of the message.
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
 * Returns the tokens of tags, and creates missing markers. A marker is `epoch:counter:token`.
 *
 * KEYS: the tag clock, then tags. ARGV: the clock captured before the load, lifetime of markers in
 * milliseconds, then a token for each tag whose marker is missing. Returns nil when a tag was
 * invalidated since the capture, or may have been: the epoch differs, or a marker is missing and
 * the clock has advanced.
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
 * Marks an entry as stale and publishes this. Begins with a delete, which Redis permits when memory
 * is full, so that the later writes are permitted too.
 *
 * KEYS: the entry, and on a single server the log's stream and tail. ARGV: the arguments of the
 * message.
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
  if not string.find(field, '^[es]:') or #value <= 12 then
    redis.call('HDEL', KEYS[1], field)
  elseif struct.unpack('>I6', value, 7) > now then
    redis.call('HSET', KEYS[1], field, string.sub(value, 1, 6) .. struct.pack('>I6', now) .. string.sub(value, 13))
  end
end
if KEYS[2] then publish(KEYS[2], KEYS[3], unpack(ARGV)) end
return 1`,
)
