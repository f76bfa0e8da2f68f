-- Evidence: signed heads over the chains of events, and the tree behind them.

-- What the chains of all halls were at an instant, signed by the server's key. Each names the one before.
CREATE TABLE signed_heads (
    -- 1, 2, 3 … without a gap.
    sequence  BIGINT PRIMARY KEY,
    at        BIGINT NOT NULL,
    -- What is signed: canonical JSON (RFC 8785).
    text      TEXT NOT NULL,
    -- SHA-256 of the text, in hexadecimal.
    hash      TEXT NOT NULL UNIQUE,
    -- ed25519, sm2-sm3
    algorithm TEXT NOT NULL,
    -- The public key's fingerprint.
    key       TEXT NOT NULL,
    -- In hexadecimal.
    signature TEXT NOT NULL
);

-- The tree's nodes over each full run of 1024 events of a hall, so that a head reads only what is new. They follow from
-- the events.
CREATE TABLE chain_tiles (
    hall TEXT NOT NULL REFERENCES halls (code),
    -- 0 for events 1 to 1024.
    tile BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (hall, tile)
);

-- A table of history has two triggers: no change or removal of a row, and no emptying, for which PostgreSQL does not ask
-- the first. A later migration copies the two, and names its table in `migrations::HISTORY`.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is history and is not changed or removed', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER signed_heads_are_not_changed BEFORE UPDATE OR DELETE ON signed_heads
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signed_heads_are_not_truncated BEFORE TRUNCATE ON signed_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER chain_tiles_are_not_changed BEFORE UPDATE OR DELETE ON chain_tiles
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER chain_tiles_are_not_truncated BEFORE TRUNCATE ON chain_tiles
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
