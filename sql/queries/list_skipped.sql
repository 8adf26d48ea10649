-- Rows that the merge left out, first 1000. Rows: file, line, reason; every row also has the total
select file, line, reason, count(*) over () from pg_temp.stage_skipped order by file, line limit 1000
