-- KEYS: the leases. ARGV: a node, and for how many milliseconds it takes a lease; then a wish for each lease: take, look, or
-- the milliseconds after which it shall run out.
local node, time = ARGV[1], ARGV[2]

local function ask(key, wish)
    local kind = redis.call('TYPE', key).ok
    if kind == 'none' and wish == 'take' then
        redis.call('SET', key, node, 'NX', 'PX', time)
        return { node, tonumber(time) }
    end
    if kind ~= 'string' then
        return {}
    end
    -- One byte more than a name has: what is longer is none of ours.
    local holder, left = redis.call('GETRANGE', key, 0, 64), redis.call('PTTL', key)
    local wished = nil
    if holder == node and wish ~= 'look' then
        wished = wish == 'take' and time or wish
    elseif left < 0 and wish == 'take' then
        -- No server has made it: it would be held for ever.
        wished = time
    end
    if wished then
        redis.call('PEXPIRE', key, wished)
        left = redis.call('PTTL', key)
    end
    if left == -2 then
        return {}
    end
    return { holder, left }
end

local answer = { redis.call('TIME') }
for i, key in ipairs(KEYS) do
    answer[i + 1] = ask(key, ARGV[i + 2])
end
return answer
