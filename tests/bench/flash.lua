-- wrk script for flashd. Arguments: read | write | many, a file with one API key a line, and a word that makes the
-- idempotency keys of this run its own. Prints one RES line. Answers of reads are not looked into here, where one caller
-- would wait for that: whoever measures counts them in the record of calls.
local what, keys, word = "read", {}, "x"
local threads, count, bad = {}, 0, 0
function setup(thread) table.insert(threads, thread) end
local meta = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'
local function body(name, arguments)
	return '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"' .. name .. '","arguments":' .. arguments .. ',' .. meta .. '}}'
end
local headers = {}
function init(args)
	what, word = args[1], args[3]
	for line in io.lines(args[2]) do keys[#keys + 1] = line end
	math.randomseed(os.time() + #word)
	headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json, text/event-stream",
		["MCP-Protocol-Version"] = "2026-07-28", ["Mcp-Method"] = "tools/call",
		["Mcp-Name"] = what == "read" and "query_metric" or "earn_points", ["Authorization"] = "Bearer " .. keys[1] }
	read_request = wrk.format("POST", "/api/mcp", headers, body("query_metric", '{"metric":"gmv","window":"last_7d","by":["store"],"limit":10}'))
	errors = 0
	if what == "read" then response = nil end
end
function request()
	if what == "read" then return read_request end
	count = count + 1
	if what == "many" then headers["Authorization"] = "Bearer " .. keys[math.random(#keys)] end
	return wrk.format("POST", "/api/mcp", headers, body("earn_points", '{"member":' .. math.random(900000) ..
		',"points":1,"reason":"bench","idempotency_key":"' .. word .. '-' .. count .. '"}'))
end
function response(status, _, text)
	if status ~= 200 or text:find('"error"', 1, true) or text:find('"isError":true', 1, true) then
		errors = errors + 1
		if errors == 1 then io.stderr:write(text:sub(1, 300), "\n") end
	end
end
function done(summary, latency, _)
	for _, thread in ipairs(threads) do bad = bad + (thread:get("errors") or 0) end
	io.write(string.format("RES rps=%.0f p50_us=%.0f p99_us=%.0f max_us=%.0f n=%d bad=%d sock=%d\n",
		summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99), latency.max,
		summary.requests, bad + summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
