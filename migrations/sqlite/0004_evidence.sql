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
) WITHOUT ROWID;

-- A table of history has three triggers: no change, no removal, and no replacing by INSERT OR REPLACE, for which SQLite
-- does not ask the trigger of removal. A later migration copies the three, and names its table in `migrations::HISTORY`.
CREATE TRIGGER signed_heads_are_not_changed BEFORE UPDATE ON signed_heads
BEGIN
    SELECT RAISE(ABORT, 'signed_heads is history and is not changed');
END;
CREATE TRIGGER signed_heads_are_not_removed BEFORE DELETE ON signed_heads
BEGIN
    SELECT RAISE(ABORT, 'signed_heads is history and is not removed');
END;
CREATE TRIGGER signed_heads_are_not_replaced BEFORE INSERT ON signed_heads
WHEN EXISTS (SELECT 1 FROM signed_heads WHERE sequence = NEW.sequence OR hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'signed_heads is history and is not replaced');
END;

CREATE TRIGGER chain_tiles_are_not_changed BEFORE UPDATE ON chain_tiles
BEGIN
    SELECT RAISE(ABORT, 'chain_tiles is history and is not changed');
END;
CREATE TRIGGER chain_tiles_are_not_removed BEFORE DELETE ON chain_tiles
BEGIN
    SELECT RAISE(ABORT, 'chain_tiles is history and is not removed');
END;
CREATE TRIGGER chain_tiles_are_not_replaced BEFORE INSERT ON chain_tiles
WHEN EXISTS (SELECT 1 FROM chain_tiles WHERE hall = NEW.hall AND tile = NEW.tile)
BEGIN
    SELECT RAISE(ABORT, 'chain_tiles is history and is not replaced');
END;

-- What the first two tables of history lacked.
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE hall = NEW.hall AND turn = NEW.turn)
BEGIN
    SELECT RAISE(ABORT, 'events is history and is not replaced');
END;
CREATE TRIGGER item_versions_are_not_replaced BEFORE INSERT ON item_versions
WHEN EXISTS (SELECT 1 FROM item_versions WHERE item = NEW.item AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'item_versions is history and is not replaced');
END;
