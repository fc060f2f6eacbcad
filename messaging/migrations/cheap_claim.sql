-- What the claim reads (messaging/actions/statements.py). Not the state itself: a claim changes that, and whatever changes
-- no indexed value and finds room on its page touches no index at all (HOT). So claiming costs a third.
-- Unknown to the ORM on purpose: it would ask each INSERT to return the generated value, and who writes a message to
-- somebody else may not read it back.
alter table messaging_delivery set (fillfactor = 60);
alter table messaging_delivery
    add column is_open boolean generated always as (state in ('due', 'claimed')) stored;
create index delivery_claim on messaging_delivery (channel, urgent desc, due_at) where is_open;
