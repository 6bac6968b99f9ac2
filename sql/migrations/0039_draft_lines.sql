-- A line may be prepared, with who keeps its promises, before it promises anything: an active contract whose proof is required takes a
-- new one only when it is backed.
alter table contracts.contract_line_version
  drop constraint contract_line_version_state_check,
  add constraint contract_line_version_state_check check (state in ('draft', 'active', 'ended'));
