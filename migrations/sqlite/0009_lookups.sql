-- Data instead of papers: who looked up what in another office's register, for which case and what for. The answers stand
-- in pulled_documents alone; these two tables are history and are never changed.

CREATE TABLE lookups (
    id           TEXT PRIMARY KEY,
    case_no      TEXT NOT NULL REFERENCES cases (case_no),
    item         TEXT NOT NULL,
    item_version BIGINT NOT NULL,
    -- The document's key in the item, as asked for.
    document     TEXT NOT NULL,
    -- Empty where the document has none.
    provider     TEXT NOT NULL,
    -- JSON: the data's name by language, as it was then.
    data         TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    asker        TEXT NOT NULL,
    -- For whom the asker acted: a hall or a department.
    hall         TEXT NOT NULL,
    department   TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    -- Why nobody was asked; empty where it was allowed.
    refusal      TEXT NOT NULL,
    -- Stands before request and answer in their digests, so that these give no number away.
    salt         TEXT NOT NULL
);
CREATE INDEX lookups_of_cases ON lookups (case_no, asked_at);

-- A lookup without a row here was asked and never came back to this server.
CREATE TABLE lookup_answers (
    lookup          TEXT PRIMARY KEY REFERENCES lookups (id),
    -- found, not-found, no-answer, wrong-answer, case-closed
    outcome         TEXT NOT NULL,
    -- SHA-256 in hexadecimal of the salt and the request as sent, of the salt and the answer as received.
    request_digest  TEXT NOT NULL,
    response_digest TEXT NOT NULL,
    answered_at     BIGINT NOT NULL,
    duration_ms     BIGINT NOT NULL
);

CREATE TABLE pulled_documents (
    lookup    TEXT PRIMARY KEY REFERENCES lookups (id),
    case_no   TEXT NOT NULL REFERENCES cases (case_no),
    document  TEXT NOT NULL,
    -- Personal data: this column and nowhere else. JSON list of fields.
    content   TEXT NOT NULL,
    -- SHA-256 of the content, in hexadecimal.
    digest    TEXT NOT NULL,
    pulled_at BIGINT NOT NULL
);
CREATE INDEX pulled_documents_of_cases ON pulled_documents (case_no, document);

CREATE TRIGGER lookups_are_not_changed BEFORE UPDATE ON lookups
BEGIN
    SELECT RAISE(ABORT, 'lookups are history and are not changed');
END;
CREATE TRIGGER lookups_are_not_removed BEFORE DELETE ON lookups
BEGIN
    SELECT RAISE(ABORT, 'lookups are history and are not removed');
END;

CREATE TRIGGER lookup_answers_are_not_changed BEFORE UPDATE ON lookup_answers
BEGIN
    SELECT RAISE(ABORT, 'lookups are history and are not changed');
END;
CREATE TRIGGER lookup_answers_are_not_removed BEFORE DELETE ON lookup_answers
BEGIN
    SELECT RAISE(ABORT, 'lookups are history and are not removed');
END;
CREATE TRIGGER lookups_are_not_replaced BEFORE INSERT ON lookups
WHEN EXISTS (SELECT 1 FROM lookups WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'lookups are history and are not replaced');
END;
CREATE TRIGGER lookup_answers_are_not_replaced BEFORE INSERT ON lookup_answers
WHEN EXISTS (SELECT 1 FROM lookup_answers WHERE lookup = NEW.lookup)
BEGIN
    SELECT RAISE(ABORT, 'lookups are history and are not replaced');
END;
