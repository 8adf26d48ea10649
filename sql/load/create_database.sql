-- The demo's database.
create database flash
