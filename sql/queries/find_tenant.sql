-- A tenant's number by its name or number; null when there is none. $1: name
select app.find_tenant($1::text)
