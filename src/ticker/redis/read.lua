-- KEYS: the topics. ARGV: the most bytes of a body; then what is known of each topic, or nothing.
local answer = {}
for i, key in ipairs(KEYS) do
    local known = ARGV[i + 1]
    local kind = redis.call('TYPE', key).ok
    if kind == 'none' then
        answer[i] = { 'nothing' }
    elseif kind ~= 'hash' then
        answer[i] = { 'unusable', 'a ' .. kind .. ' in the place of a hash' }
    else
        local order, problem = kept_order(key)
        if not order then
            answer[i] = { 'unusable', problem }
        elseif known ~= '' and not is_newer(order, known) then
            answer[i] = { 'known', order }
        else
            local length = redis.call('HSTRLEN', key, 'body')
            if length == 0 then
                answer[i] = { 'unusable', 'no body' }
            elseif length > tonumber(ARGV[1]) then
                answer[i] = { 'unusable', 'a body of ' .. length .. ' bytes' }
            else
                answer[i] = { 'newer', order, redis.call('HGET', key, 'body') }
            end
        end
    end
end
return answer
