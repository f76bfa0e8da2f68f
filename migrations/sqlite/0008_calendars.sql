-- Arrangements of days off and make-up workdays by year, as loaded by an operator. Never changed: the newest version of a
-- year is in force; a year that is not here is as the program brings it along.

CREATE TABLE calendars (
    -- 1, 2, … over all years: the highest is the version of the whole calendar.
    version   BIGINT PRIMARY KEY,
    year      BIGINT NOT NULL,
    -- Canonical JSON (RFC 8785) of the arrangement, with the notice that announced it.
    content   TEXT NOT NULL,
    -- The name of the file it was loaded from.
    source    TEXT NOT NULL,
    -- SHA-256 of the content, in hexadecimal.
    digest    TEXT NOT NULL,
    loaded_at BIGINT NOT NULL,
    -- As events name it: operator:NAME.
    loaded_by TEXT NOT NULL
);
CREATE INDEX calendars_by_year ON calendars (year, version);

CREATE TRIGGER calendars_are_not_changed BEFORE UPDATE ON calendars
BEGIN
    SELECT RAISE(ABORT, 'versions of the calendar are not changed');
END;
CREATE TRIGGER calendars_are_not_removed BEFORE DELETE ON calendars
BEGIN
    SELECT RAISE(ABORT, 'versions of the calendar are not removed');
END;
CREATE TRIGGER calendars_are_not_replaced BEFORE INSERT ON calendars
WHEN EXISTS (SELECT 1 FROM calendars WHERE version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'versions of the calendar are not replaced');
END;
