"""Lua scripts for what must happen as one step with a thread. A comment states what each keeps true."""

# A value that should be a count but is none is started again; else every step on it would fail for ever.
COUNTS = """
local function is_count(kept) return #kept <= 9 and string.match(kept, '^%d+$') ~= nil end
local function grown(key, name)
  local kept = redis.call('HGET', key, name)
  if kept and not is_count(kept) then redis.call('HDEL', key, name) end
  return redis.call('HINCRBY', key, name, 1)
end
"""

# A message is admitted once in 24 h. It stays in the inbox until a commit removes it, so an acknowledged message is
# either waiting or answered. The twin that knows the files replaces the one that does not.
# The number of waiting messages is limited for a thread, a person and a workspace. One more is refused, also when Slack
# delivers it again. Its author is told once in a while, for the message that `told` names. `held` lists messages that
# wait or did: when it seems full, messages that left their inbox are removed from it, at most twice a second.
# KEYS seen inbox waiting thread turn held_of_team held_of_user told_of_thread told_of_user · ARGV ts rank payload day_s
# inbox_s now thread follow retention_s inbox_prefix told_s most_of_thread most_of_user most_of_team notice_prefix
ADMIT = """
local function is_full(key, most)
  if redis.call('ZCARD', key) < tonumber(most) then return false end
  if redis.call('SET', ARGV[15] .. key, '1', 'NX', 'PX', 500) then
    for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      local thread, ts = string.match(member, '^(.*) ([^ ]+)$')
      local is_there = thread and redis.pcall('HEXISTS', ARGV[10] .. '{' .. thread .. '}', ts)
      if is_there ~= 1 then redis.call('ZREM', key, member) end
    end
  end
  return redis.call('ZCARD', key) >= tonumber(most)
end
local function no_room()
  if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[12]) then return 'full_thread' end
  if is_full(KEYS[7], ARGV[13]) then return 'full_person' end
  if is_full(KEYS[6], ARGV[14]) then return 'full_workspace' end
  return nil
end
local state = redis.call('GET', KEYS[1])
local running = redis.call('HEXISTS', KEYS[5], 'running')
if state == 'answered' or state == 'offered' or state == 'told' then return {'answered', running, 0, 0} end
local full, is_fresh = state and string.sub(state, 1, 5) == 'full_' and state, 0
local old = redis.call('HGET', KEYS[2], ARGV[1])
if not full and not state and not old then
  full, is_fresh = no_room(), 1
end
if full then
  local told = full == 'full_thread' and KEYS[8] or KEYS[9]
  redis.call('SET', KEYS[1], full, 'EX', ARGV[4])
  redis.call('SET', told, ARGV[1], 'NX', 'EX', ARGV[11])
  return {full, running, redis.call('GET', told) == ARGV[1] and 1 or 0, is_fresh}
end
if not old or (tonumber(string.sub(old, 1, 1)) or 0) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ARGV[3])
end
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('SET', KEYS[1], 'waiting', 'EX', ARGV[4])
redis.call('ZADD', KEYS[3], 'NX', ARGV[6], ARGV[7])
for i = 6, 7 do
  redis.call('ZADD', KEYS[i], 'NX', ARGV[6], ARGV[7] .. ' ' .. ARGV[1])
  redis.call('EXPIRE', KEYS[i], ARGV[5])
end
if ARGV[8] == '1' then
  redis.call('HSETNX', KEYS[4], 'watch', 'on')
  redis.call('EXPIRE', KEYS[4], ARGV[9])
end
if state and old then return {'again', running, 0, 0} end
return {'new', running, 0, 0}
"""

# An edit replaces a waiting message. A turn that has taken it ('taken') finds a new `version` at its commit and answers
# again. For an answered message, answering again is offered once. A message refused for lack of room counts as new.
# KEYS seen inbox turn · ARGV ts payload
EDIT = (
    COUNTS
    + """
local state = redis.call('GET', KEYS[1])
if state == 'answered' then
  redis.call('SET', KEYS[1], 'offered', 'KEEPTTL')
  return 'answered'
end
if state and (state == 'told' or string.sub(state, 1, 5) == 'full_') then
  redis.call('DEL', KEYS[1])
  return 'unknown'
end
if state ~= 'waiting' or redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return state or 'unknown' end
redis.call('HSET', KEYS[2], ARGV[1], '2' .. ARGV[2])
if not string.find(redis.call('HGET', KEYS[3], 'taken') or '', ARGV[1], 1, true) then return 'waiting' end
grown(KEYS[3], 'version')
return 'taken'
"""
)

# A deleted question waits no more, and a late twin of it is not admitted.
# KEYS seen inbox turn waiting · ARGV ts day_s thread
DELETE = (
    COUNTS
    + """
local state = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], 'offered', 'EX', ARGV[2])
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return state or 'unknown' end
if redis.call('HLEN', KEYS[2]) == 0 then redis.call('ZREM', KEYS[4], ARGV[3]) end
if not string.find(redis.call('HGET', KEYS[3], 'taken') or '', ARGV[1], 1, true) then return 'waiting' end
grown(KEYS[3], 'version')
return 'taken'
"""
)

# Lets an answered message wait once more.
# KEYS seen inbox waiting · ARGV ts payload day_s inbox_s now thread
REOPEN = """
if redis.call('GET', KEYS[1]) == 'waiting' then return 0 end
redis.call('SET', KEYS[1], 'waiting', 'EX', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], '2' .. ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('ZADD', KEYS[3], 'NX', ARGV[5], ARGV[6])
return 1
"""

# The fencing number only grows while the key lives, and the key lives longer than any pause of a worker that matters.
# A thread stays with the worker that answers it as long as that worker shows signs of life.
# KEYS turn inbox · ARGV turn_s worker worker_prefix
BEGIN = (
    COUNTS
    + """
if redis.call('HLEN', KEYS[2]) == 0 and redis.call('HEXISTS', KEYS[1], 'progress') == 0
  and redis.call('HEXISTS', KEYS[1], 'running') == 0 then
  return {0, 0, false, {}, '0'}
end
local owner = redis.call('HGET', KEYS[1], 'running')
if owner and owner ~= ARGV[2] and redis.call('EXISTS', ARGV[3] .. owner) == 1 then return {-1, 0, false, {}, '0'} end
if not is_count(redis.call('HGET', KEYS[1], 'fence') or '') then redis.call('HDEL', KEYS[1], 'committed') end
local fence = grown(KEYS[1], 'fence')
local attempt = grown(KEYS[1], 'attempt')
redis.call('HDEL', KEYS[1], 'handed_over')
redis.call('HSET', KEYS[1], 'running', ARGV[2], 'taken', table.concat(redis.call('HKEYS', KEYS[2]), ' '))
redis.call('EXPIRE', KEYS[1], ARGV[1])
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if not is_count(version) then
  redis.call('HDEL', KEYS[1], 'version')
  version = '0'
end
return {fence, attempt, redis.call('HGET', KEYS[1], 'progress'), redis.call('HGETALL', KEYS[2]), version}
"""
)

# Stores the progress of a turn, unless another worker has taken the turn over.
# KEYS turn · ARGV fence progress turn_s
RECORD = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'progress', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""

# Limits how many turns of one person and of one workspace run at once; who comes first starts first. A thread that was
# let in stays until it leaves or its time is over, also when its worker dies and another one continues.
# No entry counts for longer than `until`, whatever stands in it.
# KEYS of_team of_user line · ARGV thread now until max_team max_user
ENTER = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])
for i = 1, 2 do redis.call('ZREMRANGEBYSCORE', KEYS[i], '(' .. (ARGV[3] + 3600), '+inf') end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  redis.call('ZADD', KEYS[3], 'NX', ARGV[2], ARGV[1])
  redis.call('EXPIRE', KEYS[3], 86400)
  local place = redis.call('ZRANK', KEYS[3], ARGV[1]) + 1
  local free = ARGV[5] - redis.call('ZCARD', KEYS[2])
  if place > free or redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
end
redis.call('ZREM', KEYS[3], ARGV[1])
for i = 1, 2 do
  redis.call('ZADD', KEYS[i], ARGV[3], ARGV[1])
  redis.call('EXPIRE', KEYS[i], 86400)
end
return 1
"""

# A token bucket per workspace and method: `rate` tokens a second up to `capacity`. Returns whether one was taken.
# A negative level (after a 429) has to be waited out first.
# KEYS bucket · ARGV capacity rate now keep
TAKE = """
local level = tonumber(redis.call('HGET', KEYS[1], 'level') or ARGV[1])
local at = tonumber(redis.call('HGET', KEYS[1], 'at') or ARGV[3])
if not level or level ~= level then level = 0 end
if not at or at ~= at or at > ARGV[3] + 86400 then at = tonumber(ARGV[3]) end
level = math.min(tonumber(ARGV[1]), level + math.max(0, ARGV[3] - at) * ARGV[2])
local taken = 0
if level - 1 >= tonumber(ARGV[4]) then
  level = level - 1
  taken = 1
end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', tostring(math.max(at, tonumber(ARGV[3]))))
redis.call('EXPIRE', KEYS[1], 600)
return taken
"""

# Gives a turn back at shutdown, which is no failed attempt.
# KEYS turn · ARGV fence
RELEASE = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'attempt', -1)
redis.call('HDEL', KEYS[1], 'running')
redis.call('HSET', KEYS[1], 'handed_over', '1')
return 1
"""

# Gives up a turn that can't continue now. The attempt counts, and the sweep comes back to it.
# KEYS turn · ARGV fence
LEAVE = """
if redis.call('HGET', KEYS[1], 'fence') == ARGV[1] then redis.call('HDEL', KEYS[1], 'running') end
return 1
"""

# Finds waiting threads whose turn was begun but that nobody answers any more: handed over, or left by a worker without
# signs of life. `mine` are the threads that this worker really answers. '1' is the owner in earlier releases.
# KEYS waiting · ARGV turn_prefix worker_prefix worker limit mine…
ABANDONED = """
local mine, found = {}, {}
for i = 5, #ARGV do mine[ARGV[i]] = true end
for _, thread in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[4] - 1)) do
  local turn = redis.pcall('HMGET', ARGV[1] .. '{' .. thread .. '}', 'running', 'handed_over', 'fence')
  local owner = turn[1]
  local is_left = owner and owner ~= '1' and redis.call('EXISTS', ARGV[2] .. owner) == 0
  if owner == ARGV[3] then is_left = not mine[thread] end
  if not turn.err and (is_left or (not owner and turn[2])) then
    found[#found + 1] = thread
    found[#found + 1] = turn[3] or '0'
  end
end
return found
"""

# Adds the turn to the conversation, removes its messages from the inbox and marks them as answered: all of it, or
# nothing when another worker has taken the thread over ('taken') or a question has changed meanwhile ('changed'). A
# message that the model was told besides (`+ts`), and that came to us late or not yet, is no longer a question of its
# own, unless it was edited meanwhile. The turn's approvals and approved calls are over: a later press on a button
# decides nothing. KEYS turn thread inbox waiting asked approved_calls seen… · ARGV fence payload folded retention_s
# day_s turn_s thread version number approval ts…
COMMIT = (
    COUNTS
    + """
if redis.call('HGET', KEYS[1], 'committed') == ARGV[1] then return 'done' end
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 'taken' end
if ARGV[8] ~= '' and (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[8] then return 'changed' end
if ARGV[2] ~= '' then
  local number = tonumber(ARGV[9])
  if number == 0 then
    local kept = redis.call('HGET', KEYS[2], 'turns')
    if kept and not is_count(kept) then
      local last = 0
      for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do
        last = math.max(last, tonumber(string.match(name, '^turn:(%d%d?%d?%d?%d?%d?%d?%d?%d?)$') or 0))
      end
      redis.call('HSET', KEYS[2], 'turns', last)
    end
    number = redis.call('HINCRBY', KEYS[2], 'turns', 1)
  end
  redis.call('HSET', KEYS[2], 'turn:' .. number, ARGV[2])
end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[2], 'folded', ARGV[3]) end
redis.call('EXPIRE', KEYS[2], ARGV[4])
for i = 11, #ARGV do
  local told = string.match(ARGV[i], '^%+(.*)$')
  if not told then
    redis.call('HDEL', KEYS[3], ARGV[i])
    redis.call('SET', KEYS[i - 4], 'answered', 'EX', ARGV[5])
  elseif string.sub(redis.call('HGET', KEYS[3], told) or '', 1, 1) ~= '2' then
    redis.call('HDEL', KEYS[3], told)
    local state = redis.call('GET', KEYS[i - 4]) or 'waiting'
    if state == 'waiting' then redis.call('SET', KEYS[i - 4], 'told', 'EX', ARGV[5]) end
  end
end
for _, asked in ipairs(redis.call('HVALS', KEYS[5])) do
  redis.call('DEL', ARGV[10] .. (string.match(asked, '^[^ ]+') or ''))
end
redis.call('DEL', KEYS[5], KEYS[6])
redis.call('HSET', KEYS[1], 'committed', ARGV[1])
redis.call('HDEL', KEYS[1], 'progress', 'attempt', 'running', 'taken', 'handed_over')
redis.call('EXPIRE', KEYS[1], ARGV[6])
if redis.call('HLEN', KEYS[3]) == 0 then redis.call('ZREM', KEYS[4], ARGV[7]) end
return 'done'
"""
)

# Moves an unreadable message out of the inbox as it stands, unless it was replaced meanwhile.
# KEYS inbox waiting aside · ARGV field value reference payload thread
SET_ASIDE = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('HDEL', KEYS[1], ARGV[1])
if redis.call('HLEN', KEYS[1]) == 0 then redis.call('ZREM', KEYS[2], ARGV[5]) end
return 1
"""

# A thread without an inbox waits no more, whatever became of its messages.
# KEYS inbox waiting · ARGV thread
WAITS_NO_MORE = """
if redis.call('HLEN', KEYS[1]) == 0 then redis.call('ZREM', KEYS[2], ARGV[1]) end
"""
