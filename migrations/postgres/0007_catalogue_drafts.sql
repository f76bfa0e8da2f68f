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

CREATE FUNCTION refuse_change_of_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'records of publication are not changed or removed';
END
$$;
CREATE TRIGGER publications_are_not_changed BEFORE UPDATE OR DELETE ON publications
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_publication();
CREATE TRIGGER publications_are_not_truncated BEFORE TRUNCATE ON publications
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_publication();
