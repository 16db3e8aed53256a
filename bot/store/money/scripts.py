"""Lua scripts that reserve and settle money, each as one step in Redis. A comment states what each keeps true.

Spent and reserved money are kept apart. What is spent is the sum of the days of a period, and days expire. What is
reserved is one entry for each request, with its own end. So a worker that dies leaves no wrong count behind.
"""

# A value that is no amount counts as zero.
AMOUNTS = """
local function whole(kept) return kept and #kept <= 15 and string.match(kept, '^%d+$') and tonumber(kept) or 0 end
local function spent_of(limit)
  local sum = 0
  for _, day in ipairs(limit.days) do sum = sum + whole(redis.call('HGET', KEYS[day], limit.owner)) end
  return sum
end
"""

# A request may start when something is left of every limit that it counts for, whatever the request itself will cost:
# so all requests together exceed a limit by less than one request. A limit that is spent refuses the request; a limit
# that is only reserved makes it wait. All limits hold the reservation, or none does. Reservations that an earlier
# attempt of the same turn left behind are removed, since this attempt owns the turn now. A limit is {amount, owner,
# index of its reservations in KEYS, indexes of its days in KEYS}. KEYS reservations… days… · ARGV id amount now_ms
# until_ms limits kept_s thread_prefix attempt_prefix
RESERVE = (
    AMOUNTS
    + """
local id, amount, now, ends = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local limits, room, state, place, much = cjson.decode(ARGV[5]), nil, 'granted', 0, 0
local function begins(name, with) return with ~= '' and string.sub(name, 1, #with) == with end
local function held(key)
  local sum, own = 0, false
  local kept = redis.call('HGETALL', key)
  for i = 1, #kept, 2 do
    local much, at = string.match(kept[i + 1], '^(%d+) (%d+)$')
    local is_left = begins(kept[i], ARGV[7]) and not begins(kept[i], ARGV[8])
    if is_left or not much or tonumber(at) <= now or tonumber(at) > ends + 3600000 then
      redis.call('HDEL', key, kept[i])
    else
      sum = sum + whole(much)
      if kept[i] == id then own = whole(much) end
    end
  end
  return sum, own
end
for i, limit in ipairs(limits) do
  local spent = spent_of(limit)
  local sum, own = held(KEYS[limit.held])
  if spent >= limit.amount then return {'used_up', i, spent} end
  local is_asked_again = own == amount
  if is_asked_again then sum = sum - own end
  if spent + sum >= limit.amount and not is_asked_again then state, place, much = 'held', i, spent end
  local left = limit.amount - spent - sum
  if not room or left < room then room = left end
end
if state ~= 'granted' then return {state, place, much} end
for _, limit in ipairs(limits) do
  redis.call('HSET', KEYS[limit.held], id, string.format('%.0f %.0f', amount, ends))
  redis.call('EXPIRE', KEYS[limit.held], ARGV[6])
end
return {'granted', 0, math.max(0, room or 0)}
"""
)

# Returns what was spent of each limit, in their order. A limit is {owner, indexes of its days in KEYS}.
# KEYS days… · ARGV limits
SPENT = (
    AMOUNTS
    + """
local sums = {}
for i, limit in ipairs(cjson.decode(ARGV[1])) do sums[i] = spent_of(limit) end
return sums
"""
)

# Counts the cost of a request once, however often it is called, and removes the request's reservations.
# `rows` is {tokens in, tokens out, requests}. Days expire by themselves.
# KEYS settled sums rows reservations… · ARGV id cost kept_s settled_s row in out owner…
SETTLE = (
    AMOUNTS
    + """
for i = 4, #KEYS do redis.call('HDEL', KEYS[i], ARGV[1]) end
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[4]) then return 0 end
local function add(key, field, much)
  local kept = redis.call('HGET', key, field)
  if kept and whole(kept) == 0 then redis.call('HDEL', key, field) end
  redis.call('HINCRBY', key, field, much)
end
for i = 8, #ARGV do add(KEYS[2], ARGV[i], ARGV[2]) end
add(KEYS[3], ARGV[5] .. ' cost', ARGV[2])
add(KEYS[3], ARGV[5] .. ' in', ARGV[6])
add(KEYS[3], ARGV[5] .. ' out', ARGV[7])
add(KEYS[3], ARGV[5] .. ' requests', 1)
redis.call('EXPIRE', KEYS[2], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[3])
return 1
"""
)

# Removes the reservations of a request that came to nothing.
# KEYS reservations… · ARGV id
RELEASE = """
for i = 1, #KEYS do redis.call('HDEL', KEYS[i], ARGV[1]) end
return 1
"""

# Counts what a person used on a day for nobody; the sums of channels and of all stay as they are.
# KEYS sums rows · ARGV user nobody
FORGET = (
    AMOUNTS
    + """
redis.call('HDEL', KEYS[1], ARGV[1])
local kept = redis.call('HGETALL', KEYS[2])
for i = 1, #kept, 2 do
  if string.sub(kept[i], 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
    redis.call('HDEL', KEYS[2], kept[i])
    redis.call('HINCRBY', KEYS[2], ARGV[2] .. string.sub(kept[i], #ARGV[1] + 1), whole(kept[i + 1]))
  end
end
return 1
"""
)
