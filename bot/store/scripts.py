"""The few lines that must happen as one step in Redis. Each states what it keeps true."""

# A message is admitted once in 24 h. Whatever came in stays in the inbox until a commit takes it out, so a message
# that was acknowledged is either waiting or answered. The twin that knows the files replaces the one that does not.
# KEYS seen inbox waiting thread · ARGV ts rank payload day_s inbox_s now thread follow retention_s
ADMIT = """
local state = redis.call('GET', KEYS[1])
if state == 'answered' then return 'answered' end
local old = redis.call('HGET', KEYS[2], ARGV[1])
if not old or tonumber(string.sub(old, 1, 1)) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ARGV[3])
end
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('SET', KEYS[1], 'waiting', 'EX', ARGV[4])
redis.call('ZADD', KEYS[3], 'NX', ARGV[6], ARGV[7])
if ARGV[8] == '1' then
  redis.call('HSETNX', KEYS[4], 'watch', 'on')
  redis.call('EXPIRE', KEYS[4], ARGV[9])
end
if state and old then return 'again' end
return 'new'
"""

# The fencing number only grows while the key lives, and the key outlives any pause of a worker that could matter.
# KEYS turn inbox · ARGV turn_s
BEGIN = """
local fence = redis.call('HINCRBY', KEYS[1], 'fence', 1)
local attempt = redis.call('HINCRBY', KEYS[1], 'attempt', 1)
redis.call('EXPIRE', KEYS[1], ARGV[1])
return {fence, attempt, redis.call('HGET', KEYS[1], 'progress'), redis.call('HGETALL', KEYS[2])}
"""

# KEYS turn · ARGV fence progress turn_s
RECORD = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'progress', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""

# Handing a turn over on shutdown is not a failed attempt.
# KEYS turn · ARGV fence
RELEASE = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'attempt', -1)
return 1
"""

# The turn joins the conversation, its messages leave the inbox and count as answered: all of it, or nothing when
# another worker has taken the thread over.
# KEYS turn thread inbox waiting seen… · ARGV fence payload folded retention_s day_s turn_s thread ts…
COMMIT = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' then
  local number = redis.call('HINCRBY', KEYS[2], 'turns', 1)
  redis.call('HSET', KEYS[2], 'turn:' .. number, ARGV[2])
end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[2], 'folded', ARGV[3]) end
redis.call('EXPIRE', KEYS[2], ARGV[4])
for i = 8, #ARGV do
  redis.call('HDEL', KEYS[3], ARGV[i])
  redis.call('SET', KEYS[i - 3], 'answered', 'EX', ARGV[5])
end
redis.call('HDEL', KEYS[1], 'progress', 'attempt')
redis.call('EXPIRE', KEYS[1], ARGV[6])
if redis.call('HLEN', KEYS[3]) == 0 then redis.call('ZREM', KEYS[4], ARGV[7]) end
return 1
"""

# All blobs together stay under the bound; the least recently used go first.
# KEYS blob sizes uses · ARGV data ttl_s size now limit
PUT_BLOB = """
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('HSET', KEYS[2], KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], KEYS[1])
local expired = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. (ARGV[4] - ARGV[2]), 'LIMIT', 0, 100)
for _, key in ipairs(expired) do
  redis.call('ZREM', KEYS[3], key)
  redis.call('HDEL', KEYS[2], key)
  redis.call('DEL', key)
end
local total = 0
for _, size in ipairs(redis.call('HVALS', KEYS[2])) do total = total + size end
while total > tonumber(ARGV[5]) do
  local oldest = redis.call('ZPOPMIN', KEYS[3])
  if #oldest == 0 then break end
  total = total - (redis.call('HGET', KEYS[2], oldest[1]) or 0)
  redis.call('HDEL', KEYS[2], oldest[1])
  redis.call('DEL', oldest[1])
end
return 1
"""
