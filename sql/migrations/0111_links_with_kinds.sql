-- Problems and changes say what they are to each other.

-- What a change has caused may be a problem too. What is there obeys already, so nothing is read through.
alter table changes.link
  drop constraint link_kind_check,
  add constraint link_kind_check check (kind in ('incident', 'problem', 'request', 'caused_incident', 'caused_problem')) not valid;
