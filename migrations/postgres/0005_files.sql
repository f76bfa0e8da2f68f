-- Files (材料文件): scans, photos and other documents. Their bytes lie in a folder under their SHA-256; a row is written after them.
CREATE TABLE files (
    -- 22 unguessable characters.
    id          TEXT PRIMARY KEY,
    -- SHA-256 of the bytes, in hexadecimal; several rows may share it.
    digest      TEXT NOT NULL,
    -- In bytes.
    size        BIGINT NOT NULL,
    -- As decided by the bytes.
    media_type  TEXT NOT NULL,
    -- What it is for: ticket:ID or case:NO.
    subject     TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    -- user:NAME, or ticket:ID for the holder of a ticket.
    uploaded_by TEXT NOT NULL,
    -- Personal data: the name as given.
    name        TEXT NOT NULL
);
CREATE INDEX files_by_digest ON files (digest);
CREATE INDEX files_by_subject ON files (subject, uploaded_at);

-- What a ticket's holder prepares (预填) before being called: a draft (暂存) until it is handed over.
CREATE TABLE preparations (
    ticket     BIGINT PRIMARY KEY REFERENCES tickets (id),
    -- JSON: question's key to choice's key.
    answers    TEXT NOT NULL,
    -- When it was handed over; NULL for a draft.
    sent_at    BIGINT,
    changed_at BIGINT NOT NULL,
    -- Personal data: JSON, field's key to what was entered.
    form       TEXT NOT NULL
);

CREATE INDEX preparations_by_age ON preparations (changed_at);

-- Which file was photographed for which document of the item.
CREATE TABLE preparation_files (
    file     TEXT PRIMARY KEY REFERENCES files (id),
    ticket   BIGINT NOT NULL REFERENCES preparations (ticket),
    document TEXT NOT NULL
);
CREATE INDEX preparation_files_by_ticket ON preparation_files (ticket);
