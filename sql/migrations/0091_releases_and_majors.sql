-- Releases and major incidents have custom attributes, as changes do: all of them the provider's own.
alter table attributes.definition
  drop constraint definition_process_check,
  add constraint definition_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident'));
alter table attributes.internal_value
  drop constraint internal_value_process_check,
  add constraint internal_value_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident'));
alter table attributes.internal_change
  drop constraint internal_change_process_check,
  add constraint internal_change_process_check check (process in ('incident', 'request', 'problem', 'change', 'release', 'major_incident'));
