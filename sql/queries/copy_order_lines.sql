-- Rows of an import on their way in.
copy pg_temp.stage_order_lines from stdin
