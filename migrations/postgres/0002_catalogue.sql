-- The catalogue: departments, items and their published versions, and where each item is handled.

CREATE TABLE departments (
    code    TEXT PRIMARY KEY,
    -- Order of first publication.
    ordinal BIGINT NOT NULL,
    name_zh TEXT NOT NULL UNIQUE,
    name_en TEXT NOT NULL
);

-- Published lists spell one department with several codes; each leads to the department.
CREATE TABLE department_codes (
    code       TEXT PRIMARY KEY,
    department TEXT NOT NULL REFERENCES departments (code)
);

CREATE TABLE themes (
    code    TEXT PRIMARY KEY,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL
);

CREATE TABLE items (
    code       TEXT PRIMARY KEY,
    -- Order of first publication.
    ordinal    BIGINT NOT NULL,
    -- The version in force.
    version    BIGINT NOT NULL,
    department TEXT NOT NULL REFERENCES departments (code),
    -- current, retired
    state      TEXT NOT NULL
);
CREATE INDEX items_by_department ON items (department);

-- Never changed: a case keeps the version it was opened under.
CREATE TABLE item_versions (
    item         TEXT NOT NULL REFERENCES items (code),
    version      BIGINT NOT NULL,
    -- Canonical JSON (RFC 8785) of the item and its area code.
    content      TEXT NOT NULL,
    -- SHA-256 of the content, in hexadecimal.
    digest       TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (item, version)
);

-- What was imported, and when.
CREATE TABLE item_lists (
    at        BIGINT NOT NULL,
    source    TEXT NOT NULL,
    -- SHA-256 of the file, in hexadecimal.
    digest    TEXT NOT NULL,
    items     BIGINT NOT NULL,
    added     BIGINT NOT NULL,
    changed   BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    retired   BIGINT NOT NULL
);

CREATE TABLE hall_lines (
    hall    TEXT NOT NULL REFERENCES halls (code),
    letter  TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    PRIMARY KEY (hall, letter)
);

CREATE TABLE hall_windows (
    hall    TEXT NOT NULL REFERENCES halls (code),
    number  BIGINT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    -- JSON list of letters.
    lines   TEXT NOT NULL,
    PRIMARY KEY (hall, number)
);

CREATE TABLE offers (
    hall   TEXT NOT NULL REFERENCES halls (code),
    item   TEXT NOT NULL REFERENCES items (code),
    line   TEXT NOT NULL,
    -- open, closed
    state  TEXT NOT NULL,
    -- Place on the kiosk's first page; 0: not there.
    common BIGINT NOT NULL,
    PRIMARY KEY (hall, item),
    FOREIGN KEY (hall, line) REFERENCES hall_lines (hall, letter)
);
CREATE INDEX offers_by_item ON offers (item);

CREATE FUNCTION refuse_change_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published versions are not changed or removed';
END
$$;
CREATE TRIGGER item_versions_are_not_changed BEFORE UPDATE OR DELETE ON item_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_version();
CREATE TRIGGER item_versions_are_not_truncated BEFORE TRUNCATE ON item_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_version();
