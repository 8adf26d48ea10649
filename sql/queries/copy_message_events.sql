-- Rows of an import on their way in.
copy pg_temp.stage_message_events from stdin
