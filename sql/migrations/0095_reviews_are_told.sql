-- That something is due is told by a day, once for each day that is set: until now it stood in lists alone.

-- The day of which it was told that an article is to be looked through; another day is told of anew.
alter table knowledge.article add column review_told_on date;
grant update (review_told_on) on knowledge.article to steward_app;
create index article_review_to_tell on knowledge.article (review_due_on, id) where state = 'published' and review_told_on is distinct from review_due_on;

-- When it was told that an access review is overdue. The day by which it is to be done never changes.
alter table requests.access_review add column overdue_told_at timestamptz;
grant update (overdue_told_at) on requests.access_review to steward_app;
create index access_review_to_tell on requests.access_review (due_on, id) where closed_at is null and overdue_told_at is null;

-- The same of handbooks as of articles. There are a few of them: they need no index.
alter table handbooks.handbook add column review_told_on date;
grant update (review_told_on) on handbooks.handbook to steward_app;

-- The end of a warranty of which it was told; another one is told of anew. What nobody uses any more needs none.
alter table assets.ci add column warranty_told_on date;
grant update (warranty_told_on) on assets.ci to steward_app;
create index ci_warranty_to_tell on assets.ci (warranty_until, tenant_id, id)
  where warranty_told_on is distinct from warranty_until and state not in ('retired', 'disposed');
