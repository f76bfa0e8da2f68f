-- Halls, their queues, cases and people. Instants are epoch milliseconds UTC, civil dates ISO text, documents JSON text.

CREATE TABLE halls (
    code        TEXT PRIMARY KEY,
    -- Stands in ticket ids (ordinal * 2^32 + turn), so that they are unique over all halls without a shared counter.
    ordinal     BIGINT NOT NULL UNIQUE,
    -- JSON: name, kind, address, phone, hours.
    description TEXT NOT NULL,
    -- Grows with every change of what the hall offers; running servers then read its setup anew.
    revision    BIGINT NOT NULL DEFAULT 1,
    -- The number of the hall's last event; taking the row to raise it is what serialises the hall.
    turn        BIGINT NOT NULL DEFAULT 0,
    -- The hash of the last event.
    chain_head  TEXT NOT NULL DEFAULT ''
);

-- History: the audit trail, the source of pushes, what statistics learn from. Never changed; no personal data in it.
CREATE TABLE events (
    hall      TEXT NOT NULL REFERENCES halls (code),
    turn      BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    -- user:NAME, device:NAME or system.
    actor     TEXT NOT NULL,
    -- The clerk for whom somebody else acted; empty as a rule.
    on_behalf TEXT NOT NULL,
    -- What it is about: ticket:ID, window:N, case:NO.
    subject   TEXT NOT NULL,
    -- Canonical JSON (RFC 8785).
    body      TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash      TEXT NOT NULL,
    PRIMARY KEY (hall, turn)
);
CREATE INDEX events_of_cases ON events (subject, turn) WHERE subject LIKE 'case:%';

CREATE TABLE tickets (
    id             BIGINT PRIMARY KEY,
    hall           TEXT NOT NULL REFERENCES halls (code),
    day            TEXT NOT NULL,
    line           TEXT NOT NULL,
    serial         BIGINT NOT NULL,
    item           TEXT NOT NULL,
    item_version   BIGINT NOT NULL,
    -- JSON: the name as it was when the ticket was taken, by language.
    item_name      TEXT NOT NULL,
    language       TEXT NOT NULL,
    taken_at       BIGINT NOT NULL,
    -- waiting, called, serving, completed, no-show, lapsed
    state          TEXT NOT NULL,
    at_window      BIGINT,
    called_at      BIGINT,
    last_called_at BIGINT,
    served_at      BIGINT,
    finished_at    BIGINT,
    calls          BIGINT NOT NULL,
    -- The turn of its last call, 0 before: it orders boards.
    call_turn      BIGINT NOT NULL,
    follow_code    TEXT NOT NULL UNIQUE,
    -- unknown, printed, failed
    printed        TEXT NOT NULL,
    -- card:KIND, phone, anonymous
    identified_by  TEXT NOT NULL,
    -- Personal data: the four columns below and nowhere else in this table.
    person         TEXT,
    holder_name    TEXT,
    id_number      TEXT,
    phone          TEXT,
    UNIQUE (hall, day, line, serial)
);

-- The last number given in a line on a day. Numbers come from here, in the transaction that gives them.
CREATE TABLE line_days (
    hall        TEXT NOT NULL REFERENCES halls (code),
    day         TEXT NOT NULL,
    line        TEXT NOT NULL,
    last_serial BIGINT NOT NULL,
    PRIMARY KEY (hall, day, line)
);

CREATE TABLE window_states (
    hall   TEXT NOT NULL REFERENCES halls (code),
    number BIGINT NOT NULL,
    -- closed, open, serving, paused
    state  TEXT NOT NULL,
    clerk  TEXT,
    since  BIGINT,
    ticket BIGINT,
    PRIMARY KEY (hall, number)
);

-- Requests already answered, so that one repeated after a lost answer changes nothing.
CREATE TABLE requests (
    scope       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    -- JSON without personal data; what it lacks is read from the ticket or case it names.
    answer      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX requests_by_age ON requests (at);

CREATE TABLE cases (
    case_no             TEXT PRIMARY KEY,
    hall                TEXT NOT NULL REFERENCES halls (code),
    item                TEXT NOT NULL,
    item_version        BIGINT NOT NULL,
    department          TEXT NOT NULL,
    state               TEXT NOT NULL,
    -- JSON: the state with its data, documents, branches, decision. No personal data.
    body                TEXT NOT NULL,
    ticket              BIGINT,
    ticket_number       TEXT,
    clerk               TEXT NOT NULL,
    received_at         BIGINT NOT NULL,
    changed_at          BIGINT NOT NULL,
    due_on              TEXT,
    query_code          TEXT NOT NULL UNIQUE,
    -- Personal data: the columns below and nowhere else in this table.
    applicant_name      TEXT NOT NULL,
    applicant_id_number TEXT NOT NULL,
    applicant_phone     TEXT NOT NULL,
    agent_name          TEXT NOT NULL,
    agent_id_number     TEXT NOT NULL,
    collected_by        TEXT NOT NULL
);
CREATE INDEX cases_by_applicant ON cases (applicant_id_number);
CREATE INDEX cases_by_ticket ON cases (ticket);
CREATE INDEX cases_by_hall ON cases (hall, state, changed_at);
CREATE INDEX cases_by_department ON cases (department, state, changed_at);

-- Who has something to do in a case: what "my tasks" lists. Written with the case.
CREATE TABLE case_tasks (
    case_no    TEXT NOT NULL REFERENCES cases (case_no),
    -- review, decide, complete, deliver, resubmit, supply
    kind       TEXT NOT NULL,
    -- The department whose task it is; for tasks of the intake hall the hall's code.
    assignee   TEXT NOT NULL,
    since      BIGINT NOT NULL,
    due_on     TEXT,
    PRIMARY KEY (case_no, kind, assignee)
);
CREATE INDEX case_tasks_by_assignee ON case_tasks (assignee, kind, since);

CREATE TABLE case_days (
    hall        TEXT NOT NULL REFERENCES halls (code),
    day         TEXT NOT NULL,
    last_serial BIGINT NOT NULL,
    PRIMARY KEY (hall, day)
);

CREATE TABLE users (
    username      TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    -- JSON list.
    roles         TEXT NOT NULL,
    hall          TEXT REFERENCES halls (code),
    department    TEXT,
    password_hash TEXT NOT NULL,
    -- active, disabled
    state         TEXT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    username   TEXT NOT NULL REFERENCES users (username),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (username);

CREATE TABLE devices (
    name       TEXT PRIMARY KEY,
    -- kiosk
    kind       TEXT NOT NULL,
    hall       TEXT NOT NULL REFERENCES halls (code),
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    -- active, revoked
    state      TEXT NOT NULL
);

CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are history and are not changed or removed';
END
$$;
CREATE TRIGGER events_are_not_changed BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
