-- Of two who set the teams of one customer, the second saw what the first had set. 1: as before there were versions; a row that is new has 2.
alter table desk.delivery_model add column version bigint not null default 1;
