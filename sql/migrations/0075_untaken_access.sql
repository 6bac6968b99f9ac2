-- What a review revoked stands in the system until somebody takes it there. Until then it is to be found; who took it, or gave it anew, is kept.

alter table requests.entitlement
  -- when an order took what a review had ended, or gave it anew, and which one; null: nobody has yet
  add column taken_at timestamptz,
  add column taken_request_id bigint,
  add constraint entitlement_taken_request_fk foreign key (tenant_id, taken_request_id) references requests.request (tenant_id, id),
  add constraint entitlement_taken_check check (
    (taken_at is null) = (taken_request_id is null) and (taken_at is null or ended_review_id is not null and taken_at >= ended_at));
grant update (taken_at, taken_request_id) on requests.entitlement to steward_app;
-- What is still to be taken, of a customer and of one of his reviews.
create index entitlement_untaken on requests.entitlement (tenant_id, ended_review_id, id) where ended_review_id is not null and taken_at is null;

-- On which tickets an article was of use, over all customers, the newest note first.
create index article_use_noted on desk.article_use (article_id, recorded_at, tenant_id, ticket_id);
