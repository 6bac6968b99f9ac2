-- What attachments publish to other modules: files by what they are attached to. Of a problem's files those that came while it was about one customer are
-- there for who serves him.
create view attachments.pub_file with (security_invoker = true) as
  select tenant_id, public_id, ticket_id, request_id, problem_id, change_id, about_customer_id, name, type, size_bytes, state, actor_kind, actor_id, actor_name,
    release_id, major_id
  from attachments.attachment;
grant select on attachments.pub_file to steward_app;
