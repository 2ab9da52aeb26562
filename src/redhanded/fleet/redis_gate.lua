-- One act on what a fleet knows of an origin: its circuit, its pace and its hosts, in one hash.
--
-- KEYS[1]  the hash
-- ARGV     the act, the limits (JSON), what the act is told (JSON)
-- answers  {kind, epoch, seconds, time}: `turn` with the seconds to wait, `probe` the same under a
--          lease, `denied`, `awaits` (a safe request) and `late` with the seconds, else `done`
--
-- The rules are those of circuit.py, window.py, pace.py and origin_state.py, in the same order and
-- with the same numbers, so that both give the same answers. Times are seconds by the server's
-- clock. Numbers are written with 17 digits, for Lua itself writes 14.
--
-- Fields   state epoch opened_at open_for succeeded prober     the circuit
--          tat kept handed share changed_at slowed_at paused_until     the pace
--          seen, the last act; pruned, the second in which old counts were last removed
--          h:<host>  when it was last heard of
--          l:<lease>  when it ends              w:<worker>  when it is due again
--          n:<second>:<host>  results         f: and s: the same, how many failed and were slow

local key, act = KEYS[1], ARGV[1]
local limits, told = cjson.decode(ARGV[2]), cjson.decode(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local microseconds = tonumber(time[1]) * 1e6 + tonumber(time[2])

local HOST_SECONDS, SET_BACK = 60, 1
local LOOK_AGAIN, OVERDUE = 0.05, 0.25
local SLOWER, FASTER, SLOWEST, RECOVERY_SECONDS, TOGETHER = 0.7, 1.05, 0.1, 60, 1
local KEPT_OF, FAR_SECONDS, FAR_PLACES, MOST_KEPT = 10, 1, 16, 64
local SLOWED_MS = 3600 * 1000 -- a pace that a 429 has lowered is not forgotten sooner

local COUNTED = {success = {n = 1}, fail = {n = 1, f = 1}, slow = {n = 1, s = 1},
  hang = {n = 1, f = 1, s = 1}}
local NUMBERS = {epoch = 0, opened_at = 0, open_for = 0, succeeded = 0, tat = 0, handed = 0,
  share = 1, changed_at = 0, slowed_at = 0, paused_until = 0, seen = 0, pruned = 0}
local NAMES = {'state', 'prober', 'kept'}
for name in pairs(NUMBERS) do NAMES[#NAMES + 1] = name end

local function number(text)
  local value = tonumber(text)
  if value and value == value and value > -1e17 and value < 1e17 then return value end
end

local function written(value)
  return type(value) == 'number' and string.format('%.17g', value) or value
end

-- The state ---------------------------------------------------------------------------------------

local state, changed = {}, {}

local function set(name, value)
  state[name] = value
  changed[name] = written(value)
end

local function numbers(text)
  local found = {}
  for word in string.gmatch(text, '%S+') do
    local value = number(word)
    if not value then return nil end
    found[#found + 1] = value
  end
  return found
end

-- What somebody else wrote there is no state: it is removed, and the state begins anew.
local function load()
  local found = redis.pcall('HMGET', key, unpack(NAMES))
  if found.err then
    if not string.find(found.err, 'WRONGTYPE', 1, true) then return found end
    redis.call('DEL', key)
    found = {}
  end
  local given = {}
  for at, name in ipairs(NAMES) do given[name] = found[at] or nil end
  local is_sound = true
  for name, default in pairs(NUMBERS) do
    state[name] = given[name] == nil and default or number(given[name])
    is_sound = is_sound and state[name] ~= nil
  end
  state.state, state.prober = given.state or 'closed', given.prober or ''
  state.kept = numbers(given.kept or '')
  is_sound = is_sound and state.kept ~= nil
    and (state.state == 'closed' or state.state == 'open' or state.state == 'half-open')
  if is_sound then return nil end
  redis.call('DEL', key)
  return load()
end

local function save()
  local words = {}
  for name, value in pairs(changed) do
    words[#words + 1] = name
    words[#words + 1] = value
  end
  redis.call('HSET', key, unpack(words))
  local ttl = math.max(limits.ttl_ms, (state.tat - now) * 1000, (state.paused_until - now) * 1000)
  if state.share < 1 then ttl = math.max(ttl, SLOWED_MS) end
  redis.call('PEXPIRE', key, string.format('%.0f', math.min(ttl, 1e12)))
end

-- What has a name of its own, by kind: {['l:'] = {lease = when it ends}, ...}.
local function kinds()
  local found = setmetatable({}, {__index = function(all, kind)
    all[kind] = {}
    return all[kind]
  end})
  local all = redis.call('HGETALL', key)
  for at = 1, #all, 2 do
    local kind, name = string.sub(all[at], 1, 2), string.sub(all[at], 3)
    if string.sub(kind, 2) == ':' then found[kind][name] = number(all[at + 1]) or 0 end
  end
  return found
end

-- Removes what a function of its kind says so of: {['l:'] = is_over, ...}.
local function sweep(rules)
  local names, found = {}, kinds()
  for kind, rule in pairs(rules) do
    for name, value in pairs(found[kind]) do
      if rule(name, value) then names[#names + 1] = kind .. name end
    end
  end
  for at = 1, #names, 1000 do
    redis.call('HDEL', key, unpack(names, at, math.min(at + 999, #names)))
  end
end

local function always()
  return true
end

-- The circuit -------------------------------------------------------------------------------------

local function enter(name)
  set('state', name)
  set('epoch', math.max(state.epoch + 1, microseconds))
  sweep({['n:'] = always, ['f:'] = always, ['s:'] = always, ['l:'] = always,
    ['w:'] = name == 'closed' and always or nil})
  set('succeeded', 0)
end

local function forget()
  set('prober', '')
  enter('closed')
end

local function open(seconds)
  set('opened_at', now)
  set('open_for', seconds)
  enter('open')
end

local function judge_probe(outcome)
  if outcome == 'success' then
    set('succeeded', state.succeeded + 1)
    if state.succeeded >= #limits.ramp then forget() end
  elseif outcome ~= 'none' then
    open(math.min(limits.longest, 2 * state.open_for))
  end
end

local function refuse(kind, seconds)
  if told.may_probe and seconds <= 2 * math.max(limits.open, LOOK_AGAIN) then
    redis.call('HSET', key, 'w:' .. told.worker, written(now + seconds))
  end
  return {kind, seconds}
end

local function is_anothers_turn()
  if told.worker ~= state.prober then return false end
  for worker in pairs(kinds()['w:']) do
    if worker ~= told.worker then return true end
  end
  return false
end

-- A refusal, or nil where the circuit admits the request now.
local function refusal()
  if state.state == 'closed' then return nil end
  if state.state == 'open' then
    local left = math.min(state.open_for, state.opened_at + state.open_for - now)
    if left > 0 then return refuse('denied', left * told.jitter) end
    enter('half-open')
  end
  sweep({['l:'] = function(_, ends) return ends <= now end,
    ['w:'] = function(_, due) return due + OVERDUE <= now end})
  local count, soonest = 0, math.huge
  for _, ends in pairs(kinds()['l:']) do
    count, soonest = count + 1, math.min(soonest, ends)
  end
  if count >= limits.ramp[math.min(state.succeeded + 1, #limits.ramp)] then
    return refuse('denied', told.jitter * math.min(LOOK_AGAIN, soonest - now))
  end
  if is_anothers_turn() then return {'denied', LOOK_AGAIN * told.jitter} end
  if not told.may_probe then return {'awaits', LOOK_AGAIN * told.jitter} end
end

local function admit(wait)
  if state.state == 'closed' then return {'turn', wait} end
  redis.call('HSET', key, 'l:' .. told.lease, written(now + wait + told.seconds))
  set('prober', told.worker)
  redis.call('HDEL', key, 'w:' .. told.worker)
  return {'probe', wait}
end

-- The window --------------------------------------------------------------------------------------

local function second_and_host(name)
  local second, host = string.match(name, '^(%-?%d+):(.*)$')
  return tonumber(second), host
end

local function is_old_count(name)
  local second, last = second_and_host(name), math.floor(now)
  return not second or second <= last - limits.window or second > last
end

local function is_gone(_, heard)
  return now - heard > HOST_SECONDS
end

local function prune()
  if state.pruned == math.floor(now) then return end
  sweep({['n:'] = is_old_count, ['f:'] = is_old_count, ['s:'] = is_old_count, ['h:'] = is_gone})
  set('pruned', math.floor(now))
end

local function count(outcome)
  if not COUNTED[outcome] then return end
  prune()
  for kind in pairs(COUNTED[outcome]) do
    local name = string.format('%s:%d:%s', kind, math.floor(now), told.host)
    local value = redis.pcall('HINCRBY', key, name, 1)
    if type(value) ~= 'number' then redis.call('HSET', key, name, 1) end
  end
end

local function by_host(found)
  local hosts, total = {}, {n = 0, f = 0, s = 0}
  for kind in pairs(total) do
    for name, value in pairs(found[kind .. ':']) do
      if not is_old_count(name) then
        local _, host = second_and_host(name)
        hosts[host] = hosts[host] or {n = 0, f = 0, s = 0}
        hosts[host][kind] = hosts[host][kind] + value
        total[kind] = total[kind] + value
      end
    end
  end
  return hosts, total
end

local function quorum(found)
  local live = 0
  for _, heard in pairs(found['h:']) do
    if not is_gone(nil, heard) then live = live + 1 end
  end
  return math.min(limits.quorum, math.max(1, live))
end

local function is_outage()
  local found = kinds()
  local hosts, total = by_host(found)
  if total.n < math.max(1, limits.minimum) then return false end
  local needed = quorum(found)
  for kind, rate in pairs({f = limits.rate, s = limits.slow_rate}) do
    if total[kind] / total.n >= rate then
      local bad = 0
      for _, counts in pairs(hosts) do
        if counts[kind] / counts.n >= rate then bad = bad + 1 end
      end
      if bad >= needed then return true end
    end
  end
  return false
end

-- The pace ----------------------------------------------------------------------------------------

local function recovered()
  local passed = now - state.changed_at
  local minutes = (passed - math.fmod(passed, RECOVERY_SECONDS)) / RECOVERY_SECONDS
  if minutes > 0 and state.share < 1 then
    set('share', math.min(1, state.share * FASTER ^ minutes))
    set('changed_at', state.changed_at + minutes * RECOVERY_SECONDS)
  end
  return state.share
end

local function tolerance()
  if limits.burst <= 1 then return 0 end
  return math.max(0, limits.burst - 1 - math.max(1, limits.burst / KEPT_OF)) / limits.pace
end

local function keep(places)
  state.kept = places
  local words = {}
  for at, place in ipairs(places) do words[at] = written(place) end
  changed.kept = table.concat(words, ' ')
end

local function keep_one_in_ten(interval)
  set('handed', state.handed + 1)
  if state.handed >= KEPT_OF - 1 and #state.kept < MOST_KEPT then
    set('handed', 0)
    state.kept[#state.kept + 1] = state.tat - tolerance()
    keep(state.kept)
    set('tat', state.tat + interval)
  end
end

-- Seconds to wait for a place, which is taken; or false and by how much it is too late.
local function reserve()
  local start = math.max(now, state.paused_until)
  if not limits.pace then return start - now <= told.within, start - now end
  local interval = 1 / (limits.pace * recovered())
  local due = math.max(start, state.tat - tolerance())
  if #state.kept > 0 then
    local ahead = {}
    for _, place in ipairs(state.kept) do
      if place >= start then ahead[#ahead + 1] = place end
    end
    keep(ahead)
  end
  if told.reserved and #state.kept > 0 and state.kept[1] < due then
    local wait = state.kept[1] - now
    if wait > told.within then return false, wait end
    table.remove(state.kept, 1)
    keep(state.kept)
    return true, wait
  end
  local wait = due - now
  if wait > told.within then return false, wait end
  set('tat', math.max(start, state.tat) + interval)
  if wait > math.max(FAR_SECONDS, FAR_PLACES * interval) then keep_one_in_ten(interval) end
  return true, wait
end

local function shift(seconds)
  for at, place in ipairs(state.kept) do state.kept[at] = place + seconds end
  keep(state.kept)
  for _, name in ipairs({'tat', 'changed_at', 'slowed_at', 'paused_until'}) do
    set(name, state[name] + seconds)
  end
end

-- The acts ----------------------------------------------------------------------------------------

local function keep_time()
  if state.seen - now > SET_BACK then
    forget()
    shift(now - state.seen)
    sweep({['h:'] = always})
  end
  set('seen', now)
end

local function meet()
  keep_time()
  redis.call('HSET', key, 'h:' .. told.host, written(now))
end

local acts = {}

function acts.acquire()
  meet()
  local refused = told.held and refusal()
  if refused then return refused end
  local in_time, wait = reserve()
  if not in_time then return {'late', wait} end
  if not told.held then return {'turn', wait} end
  return admit(wait)
end

function acts.record()
  meet()
  if told.epoch ~= string.format('%.0f', state.epoch) then return end
  if state.state == 'closed' then
    count(told.outcome)
    if told.outcome ~= 'success' and told.outcome ~= 'none' and is_outage() then
      open(limits.open)
    end
    return
  end
  local ends = number(redis.call('HGET', key, 'l:' .. told.lease) or nil)
  redis.call('HDEL', key, 'l:' .. told.lease)
  if ends and ends > now then judge_probe(told.outcome) end
end

function acts.vouch()
  keep_time()
  if state.state == 'open' then enter('half-open') end
  if state.state == 'half-open' then judge_probe('success') end
end

function acts.slow_down()
  keep_time()
  local share = recovered()
  if share >= 1 or now - state.slowed_at >= TOGETHER then
    set('share', math.max(SLOWEST, share * SLOWER))
    set('changed_at', now)
    set('slowed_at', now)
  end
  if told.pause and told.pause > 0 then
    set('paused_until', math.max(state.paused_until, now + told.pause))
  end
end

local broken = load()
if broken then return broken end
local answer = acts[act]() or {'done', 0}
save()
local epoch = told.held == false and -1 or state.epoch
return {answer[1], string.format('%.0f', epoch), written(answer[2]), written(now)}
