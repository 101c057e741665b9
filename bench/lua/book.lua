-- Bookings, each another unit, time and key. Arguments: file of units, file of times, file of keys, first number.
local threads = {}
local function lines(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(args)
  units, times, keys = lines(args[1]), lines(args[2]), lines(args[3])
  step = tonumber(args[5])
  next_one = tonumber(args[4]) + number
  made, refused, broken = 0, 0, 0
end

function request()
  local n = next_one
  next_one = n + step
  local unit = units[n % #units + 1]
  local since, till = times[math.floor(n / #units) % #times + 1]:match("(%S+) (%S+)")
  local body = '{"unit":' .. unit .. ',"starts_at":"' .. since .. '","ends_at":"' .. till .. '","party_size":2}'
  local headers = {
    ["Authorization"] = "Token " .. keys[n % #keys + 1],
    ["Idempotency-Key"] = "bench-" .. n,
    ["Content-Type"] = "application/json",
  }
  return wrk.format("POST", "/api/v1/bookings/", headers, body)
end

function response(status)
  if status == 201 then made = made + 1 elseif status < 500 then refused = refused + 1 else broken = broken + 1 end
end

function done(summary, latency)
  local sum, last = { 0, 0, 0 }, 0
  for _, thread in ipairs(threads) do
    sum[1] = sum[1] + thread:get("made")
    sum[2] = sum[2] + thread:get("refused")
    sum[3] = sum[3] + thread:get("broken")
    last = math.max(last, thread:get("next_one"))
  end
  io.write(string.format('RESULT {"good": %d, "refused": %d, "broken": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "next": %d}\n',
    sum[1], sum[2], sum[3], summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, last))
end
