-- One sweep looks after the owners of all processes (operations.owners) in place of one for each: what those left in the plan nobody would ever run again,
-- and it would be told as standing still. Forced row security would keep the owner of the tables from reading and writing.
alter table jobs.job no force row level security;
alter table jobs.schedule no force row level security;
delete from jobs.job where kind in ('desk.owners', 'requests.owners', 'problems.owners', 'changes.owners');
delete from jobs.schedule where kind in ('desk.owners', 'requests.owners', 'problems.owners', 'changes.owners');
alter table jobs.job force row level security;
alter table jobs.schedule force row level security;

-- Offers of problems and changes that nobody has answered, by whom they are made to: he may have lost the right to accept them.
create index offer_open_to on desk.offer (to_id) where outcome is null;
