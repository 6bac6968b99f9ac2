-- A client certificate is a credential like a token: it belongs to an account, expires, is listed and revoked. What is
-- stored of it is its SHA-256 fingerprint, where a token has the hash of its secret; the kind says which way in it is for.

alter table tenancy.api_token
  drop constraint api_token_kind_check,
  add constraint api_token_kind_check check (kind in ('api', 'session', 'certificate'));
