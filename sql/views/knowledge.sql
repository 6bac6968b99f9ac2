-- What knowledge publishes to who is told of it: published articles, with the day by which they are to be looked through, and who of the staff began
-- them. Staff only.
create view knowledge.pub_article_review with (security_invoker = true) as
  select a.id as article_id, a.public_id, a.number, a.title, a.only_tenant_id, a.review_due_on,
    (select c.actor_id from knowledge.contributor c where c.article_id = a.id and c.seq = 1 and c.place = 1 and c.actor_kind = 'staff') as author_id
  from knowledge.article a where a.state = 'published';
grant select on knowledge.pub_article_review to steward_app;
