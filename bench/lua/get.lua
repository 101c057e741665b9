-- Reading in turn from a file of paths, with keys from another file where there is one.
local threads = {}
local function lines(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  paths = lines(args[1])
  keys = args[2] and lines(args[2]) or {}
  n, good, refused, broken = 0, 0, 0, 0
end

function request()
  n = n + 1
  local headers = {}
  if #keys > 0 then headers["Authorization"] = "Token " .. keys[n % #keys + 1] end
  return wrk.format("GET", paths[n % #paths + 1], headers)
end

function response(status)
  if status == 200 then good = good + 1 elseif status < 500 then refused = refused + 1 else broken = broken + 1 end
end

function done(summary, latency)
  local sum = { 0, 0, 0 }
  for _, thread in ipairs(threads) do
    sum[1] = sum[1] + thread:get("good")
    sum[2] = sum[2] + thread:get("refused")
    sum[3] = sum[3] + thread:get("broken")
  end
  io.write(string.format('RESULT {"good": %d, "refused": %d, "broken": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f}\n',
    sum[1], sum[2], sum[3], summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
