-- What goes to departments' own systems, and what came from them.

CREATE TABLE outbox (
    -- The message's id: hall, turn of the event that caused it, system.
    id          TEXT PRIMARY KEY,
    -- The system's name in the server's settings.
    system      TEXT NOT NULL,
    hall        TEXT NOT NULL REFERENCES halls (code),
    case_no     TEXT NOT NULL REFERENCES cases (case_no),
    -- The turn of the event: messages about a case go in this order.
    sequence    BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    -- JSON. Personal data: applicant and form stand here and nowhere else in this table; emptied some time after delivery.
    body        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    -- waiting, sent, stuck
    state       TEXT NOT NULL,
    -- When the retry plan began: when it was put here, or replayed by hand.
    plan_from   BIGINT NOT NULL,
    -- Attempts under this plan.
    attempts    BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    -- The server that is sending it, and until when nobody else does.
    lease       TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_error  TEXT NOT NULL,
    sent_at     BIGINT,
    UNIQUE (system, case_no, sequence)
);
CREATE INDEX outbox_due ON outbox (system, next_try_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_state ON outbox (state, created_at);

-- Where a department can fetch a file that a message names, once.
CREATE TABLE document_fetches (
    -- SHA-256 of the token in the address, in hexadecimal.
    token_hash TEXT PRIMARY KEY,
    message    TEXT NOT NULL REFERENCES outbox (id),
    -- Its id in the files' room, which may have let it go since.
    file       TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    fetched_at BIGINT
);
CREATE INDEX document_fetches_by_message ON document_fetches (message);

-- Messages of departments' systems that were verified, so that none is acted on twice.
CREATE TABLE inbox (
    system     TEXT NOT NULL,
    message_id TEXT NOT NULL,
    -- SHA-256 of the message without its time of sending, in hexadecimal.
    digest     TEXT NOT NULL,
    -- As the message says: there may be no such case.
    case_no    TEXT NOT NULL,
    sequence   BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    -- applied, overtaken, refused
    outcome    TEXT NOT NULL,
    -- Why it was refused: a code, or another-departments-case; empty otherwise.
    reason     TEXT NOT NULL,
    first_at   BIGINT NOT NULL,
    last_at    BIGINT NOT NULL,
    times      BIGINT NOT NULL,
    PRIMARY KEY (system, message_id)
);
CREATE INDEX inbox_by_case ON inbox (system, case_no, sequence);
