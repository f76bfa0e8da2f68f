-- Drafts of items, and who published which version.

-- At most one draft of an item. It is changed by whoever names the revision that they saw.
CREATE TABLE item_drafts (
    item         TEXT PRIMARY KEY,
    -- JSON of the item.
    content      TEXT NOT NULL,
    -- The version from which it was made; 0 for an item that was never published.
    base_version BIGINT NOT NULL,
    revision     BIGINT NOT NULL,
    -- draft, checked
    state        TEXT NOT NULL,
    -- JSON list of what the last check found.
    problems     TEXT NOT NULL,
    changed_at   BIGINT NOT NULL,
    changed_by   TEXT NOT NULL
);

-- Versions published from a draft or a file; those of lists stand in item_lists.
CREATE TABLE publications (
    item         TEXT NOT NULL,
    version      BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    -- draft, file
    source       TEXT NOT NULL,
    PRIMARY KEY (item, version),
    FOREIGN KEY (item, version) REFERENCES item_versions (item, version)
);

CREATE TRIGGER publications_are_not_changed BEFORE UPDATE ON publications
BEGIN
    SELECT RAISE(ABORT, 'records of publication are not changed');
END;
CREATE TRIGGER publications_are_not_removed BEFORE DELETE ON publications
BEGIN
    SELECT RAISE(ABORT, 'records of publication are not removed');
END;
CREATE TRIGGER publications_are_not_replaced BEFORE INSERT ON publications
WHEN EXISTS (SELECT 1 FROM publications WHERE item = NEW.item AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'publications are history and are not replaced');
END;
