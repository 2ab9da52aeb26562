-- Who is alive in a group, the member that tells so included.
-- KEYS[1] a sorted set of members by the microsecond at which they are forgotten;
-- ARGV the member, for how many milliseconds it is alive from now on.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1e6 + tonumber(time[2])
local ends = string.format('%.0f', now + tonumber(ARGV[2]) * 1000)
local added = redis.pcall('ZADD', KEYS[1], ends, ARGV[1])
if type(added) ~= 'number' then -- somebody else wrote there
  redis.call('DEL', KEYS[1])
  redis.call('ZADD', KEYS[1], ends, ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((tonumber(last) - now) / 1000)))
return redis.call('ZRANGE', KEYS[1], 0, -1)
