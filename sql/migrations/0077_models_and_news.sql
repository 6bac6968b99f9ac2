-- Of two who set the teams of one customer, the second saw what the first had set. 1: as before there were versions; a row that is new has 2.
alter table desk.delivery_model add column version bigint not null default 1;

-- Of which customers one of the staff must serve one to be told, also by the time that it is sent; null: the one whose it is, and of what is the
-- provider's any.
alter table notifications.notification add column concerned_ids bigint[];
