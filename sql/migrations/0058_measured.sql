-- A credit may rest on what was measured and judged: of such evidence the service, the verdict and the period are kept.

alter table credits.evidence drop constraint evidence_kind_check;
alter table credits.evidence
  add constraint evidence_kind_check check (
    case kind when 'verdict' then clock_id is not null and subject_kind is not null and subject_id is not null and verdict is not null
    when 'outage' then outage_public_id is not null and outage_version is not null
    when 'measured' then verdict is not null and to_at is not null else false end);
