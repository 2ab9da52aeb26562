-- Who holds a key from now on: the owner that asks, where it is free or held by it already.
-- KEYS[1] the key; ARGV the owner, for how many milliseconds.
local holder = redis.pcall('GET', KEYS[1])
if type(holder) == 'string' and holder ~= ARGV[1] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
