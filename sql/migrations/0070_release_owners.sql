-- Releases have one who answers for them, as changes have, and major incidents are handed over by an offer as well: who leads one goes on until somebody
-- accepts.

alter table changes.release
  -- who answers for it: an account of the same tenant, and the random bits of his public id; null: nobody has taken it
  add column owner_id bigint,
  add column owner_public_id bytea,
  add constraint release_owner_check check ((owner_id is null) = (owner_public_id is null)),
  add constraint release_owner_public_id_check check (octet_length(owner_public_id) = 12);

-- Who opened one answers for it. Forced row security would keep the owner of the tables from reading and writing.
alter table changes.release no force row level security;
alter table tenancy.account no force row level security;
update changes.release r set owner_id = a.id, owner_public_id = a.public_id
from tenancy.account a
where a.tenant_id = r.tenant_id and a.id = r.author_id and a.kind = 'staff' and r.author_kind = 'staff';
alter table changes.release force row level security;
alter table tenancy.account force row level security;

-- What somebody who left answers for is found by him.
create index release_owner on changes.release (tenant_id, owner_id, id) where ended_at is null and owner_id is not null;

alter table desk.offer drop constraint offer_subject_check;
alter table desk.offer add constraint offer_subject_check check (subject_kind in ('problem', 'change', 'release', 'major_incident'));
