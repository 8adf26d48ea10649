# The demo, small: it ends well, and the address that it prints is the one that its settings serve.
LIMIT=120 run demo --once --port 0 --members 1000 --dir "$work/demo"
check "demo --once --port 0 makes the brand and ends" coded 0
port=$(grep -oE 'http://127\.0\.0\.1:[0-9]+/api/mcp' "$work/out" | head -1 | grep -oE ':[0-9]+' | cut -c2-)
check "and prints a port that can be asked, the one of its settings" eval \
	'[ "${port:-0}" -gt 0 ] && grep -qx "http_port = $port" "$work/demo/demo.conf"'
