-- Orders as servers write them: 020545|1|001775109600000|web-1.
local ORDER = '^' .. ('[0-9]'):rep(6) .. '|[01]|' .. ('[0-9]'):rep(15) .. '|[0-9A-Za-z._-]+$'
local LONGEST = 6 + 1 + 1 + 1 + 15 + 1 + 64

-- What is kept there as an order, or why it is none. Its length is asked first: it may be anything.
local function kept_order(key)
    local length = redis.call('HSTRLEN', key, 'ord')
    if length == 0 then
        return nil, 'no order'
    end
    if length > LONGEST then
        return nil, 'an order of ' .. length .. ' bytes'
    end
    local order = redis.call('HGET', key, 'ord')
    if not order:match(ORDER) then
        return nil, 'an order that no server writes'
    end
    return order
end

-- Byte by byte: `>` goes by the language of the machine, and there are some in which `|` and `-` count for nothing.
local function is_newer(one, other)
    for i = 1, math.min(#one, #other) do
        local a, b = one:byte(i), other:byte(i)
        if a ~= b then
            return a > b
        end
    end
    return #one > #other
end
