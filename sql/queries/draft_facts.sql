-- What a draft needs of the database: the brand's name and when it expires, by the database's clock.
-- $1 tenant, $2 hours. One row: name, stamp
select name, reading.stamp(app.now() + make_interval(hours => $2::int)) from reading.tenant where tenant = $1::int
