-- Gives a key back that this owner holds. KEYS[1] the key; ARGV the owner.
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
