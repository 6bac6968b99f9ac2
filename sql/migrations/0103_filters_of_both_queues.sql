-- A filter is of one queue: of the incidents', or of the one over all processes. A name is used once for both, so that a list of them is told apart by names.
alter table desk.queue_filter
  add column queue text not null default 'incident',
  add constraint queue_filter_queue_check check (queue in ('incident', 'work'));
