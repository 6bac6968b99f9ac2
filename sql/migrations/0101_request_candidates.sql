-- Of what was fulfilled an article can be made, as of what was resolved.

-- Requests of which an article should be made. Rows of the request's tenant.
create table requests.knowledge_candidate (
  tenant_id bigint not null,
  request_id bigint not null,
  state text not null,
  remark text,
  -- the article that was made of it
  article_id bigint,
  article_public_id bytea,
  actor_kind text not null,
  actor_id bigint not null,
  actor_name text not null,
  recorded_at timestamptz not null,
  constraint knowledge_candidate_pk primary key (tenant_id, request_id),
  constraint knowledge_candidate_request_fk foreign key (tenant_id, request_id) references requests.request (tenant_id, id),
  constraint knowledge_candidate_article_fk foreign key (article_id) references knowledge.article (id),
  constraint knowledge_candidate_state_check check (state in ('open', 'drafted', 'declined')),
  constraint knowledge_candidate_article_check check (
    (state = 'drafted') = (article_id is not null) and num_nonnulls(article_id, article_public_id) <> 1)
);
create index knowledge_candidate_newest on requests.knowledge_candidate (state, recorded_at, tenant_id, request_id);
create index knowledge_candidate_of_tenant on requests.knowledge_candidate (tenant_id, state, recorded_at, request_id);
-- Of what the provider writes articles is not the customer's affair.
select steward.protect_tenant_table('requests.knowledge_candidate', 'personal');
select steward.keep_to_staff('requests.knowledge_candidate', 'personal');
grant select, insert on requests.knowledge_candidate to steward_app;
grant update (state, remark, article_id, article_public_id, actor_kind, actor_id, actor_name, recorded_at) on requests.knowledge_candidate to steward_app;
