-- Rows of an import on their way in.
copy pg_temp.stage_refunds from stdin
