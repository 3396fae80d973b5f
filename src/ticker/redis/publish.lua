-- KEYS: the mark, then the topics. ARGV: the channel, for how many milliseconds a part is kept, by how many an order may be
-- ahead; then an order and a body for each topic.
local channel, keep, tolerance = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local today = math.floor(time[1] / 86400)

local function is_of_the_future(order)
    return tonumber(order:sub(10, 24)) > now + tolerance or tonumber(order:sub(1, 6)) > today + 1
end

local marked = false
-- Before the first part: should one that follows be refused, what was taken before it is told of all the same. What
-- somebody else keeps in the mark's place stays.
local function mark()
    if marked then
        return
    end
    local kind = redis.call('TYPE', KEYS[1]).ok
    if kind == 'none' or kind == 'string' then
        redis.call('SET', KEYS[1], ARGV[#ARGV - 1] .. '|' .. time[1] .. '.' .. time[2], 'PX', keep)
    end
    marked = true
end

local function put(key, order, body)
    if is_of_the_future(order) then
        return { 'future' }
    end
    local kind = redis.call('TYPE', key).ok
    if kind ~= 'none' and kind ~= 'hash' then
        return { 'blocked', 'a ' .. kind .. ' in the place of a hash' }
    end
    local kept = kept_order(key)
    if kept and not is_of_the_future(kept) and not is_newer(order, kept) then
        return { 'older', kept }
    end
    mark()
    redis.call('HSET', key, 'ord', order, 'body', body)
    redis.call('PEXPIRE', key, keep)
    return { 'taken' }
end

local answer = {}
for i = 2, #KEYS do
    answer[i - 1] = put(KEYS[i], ARGV[2 * i], ARGV[2 * i + 1])
end
if marked then
    -- A hint and no more: where it is forbidden, servers find the mark.
    redis.pcall('PUBLISH', channel, 'published')
end
return answer
