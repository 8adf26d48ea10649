-- The shapes that the sources had when this release made them: what its maintainers' certificates rest on. After all
-- views, before the grants.
do $$
begin
	execute (select 'create view metric.shapes_shipped as select * from (values '
		|| string_agg(format('(%L, %L)', s.source, s.shape), ', ') || ') v(source, shape)' from metric.shapes s);
end $$;
