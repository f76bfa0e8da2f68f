-- Absences (休假): who is away from which day to which, and who stands in. An absence that ends early has a row in absence_ends;
-- both tables are history and are never changed.

CREATE TABLE absences (
    id         BIGINT PRIMARY KEY,
    -- User names.
    person     TEXT NOT NULL REFERENCES users (username),
    substitute TEXT NOT NULL REFERENCES users (username),
    -- ISO, both included.
    from_day   TEXT NOT NULL,
    until_day  TEXT NOT NULL,
    -- Personal data: why, as entered; may be empty.
    reason     TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    -- As events name them: user:NAME.
    made_by    TEXT NOT NULL
);
CREATE INDEX absences_of_persons ON absences (person, until_day);
CREATE INDEX absences_of_substitutes ON absences (substitute, until_day);

CREATE TABLE absence_ends (
    absence  BIGINT PRIMARY KEY REFERENCES absences (id),
    ended_at BIGINT NOT NULL,
    ended_by TEXT NOT NULL
);

-- What was done on behalf of somebody.
CREATE INDEX events_on_behalf ON events (on_behalf, at) WHERE on_behalf <> '';

CREATE TRIGGER absences_are_not_changed BEFORE UPDATE ON absences
BEGIN
    SELECT RAISE(ABORT, 'absences is history and is not changed');
END;
CREATE TRIGGER absences_are_not_removed BEFORE DELETE ON absences
BEGIN
    SELECT RAISE(ABORT, 'absences is history and is not removed');
END;
CREATE TRIGGER absences_are_not_replaced BEFORE INSERT ON absences
WHEN EXISTS (SELECT 1 FROM absences WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'absences is history and is not replaced');
END;
CREATE TRIGGER absence_ends_are_not_changed BEFORE UPDATE ON absence_ends
BEGIN
    SELECT RAISE(ABORT, 'absence_ends is history and is not changed');
END;
CREATE TRIGGER absence_ends_are_not_removed BEFORE DELETE ON absence_ends
BEGIN
    SELECT RAISE(ABORT, 'absence_ends is history and is not removed');
END;
CREATE TRIGGER absence_ends_are_not_replaced BEFORE INSERT ON absence_ends
WHEN EXISTS (SELECT 1 FROM absence_ends WHERE absence = NEW.absence)
BEGIN
    SELECT RAISE(ABORT, 'absence_ends is history and is not replaced');
END;
