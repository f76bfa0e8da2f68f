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

CREATE TRIGGER absences_are_not_changed BEFORE UPDATE OR DELETE ON absences
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER absences_are_not_truncated BEFORE TRUNCATE ON absences
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER absence_ends_are_not_changed BEFORE UPDATE OR DELETE ON absence_ends
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER absence_ends_are_not_truncated BEFORE TRUNCATE ON absence_ends
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
