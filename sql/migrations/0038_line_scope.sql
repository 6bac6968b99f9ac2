-- A line may be for tickets about the CIs that it covers, and for no others. Which CIs those are stands with the CIs (assets.coverage).
alter table contracts.contract_line_version add column only_covered_cis boolean not null default false;
