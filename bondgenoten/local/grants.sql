-- What the roles `web` and `worker` may do. Run by the owner of the database: after making it, and again after migrating.
-- They own nothing, so row-level security binds them; they may never TRUNCATE, because that passes it by.
GRANT USAGE ON SCHEMA public TO web, worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO web, worker;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO web, worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO web, worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO web, worker;

-- What happened is written once: the trigger says so too, this is the second lock.
DO $$
BEGIN
    IF to_regclass('public.alliances_journalentry') IS NOT NULL THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON public.alliances_journalentry FROM web, worker;
    END IF;
END
$$;
