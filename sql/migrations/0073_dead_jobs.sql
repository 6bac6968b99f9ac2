-- Jobs that were given up are told of by kinds, however many others there are.
create index job_dead on jobs.job (kind, id) where state = 'dead';
