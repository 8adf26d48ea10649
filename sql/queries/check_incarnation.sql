-- Is this the database that the daemon knew? $1: the incarnation it saw last, or ''. One row: incarnation, held
select incarnation, held from app.check_incarnation($1::text)
