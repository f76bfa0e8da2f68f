-- Applications being made ready on a phone, without a ticket (网上申报). A draft that became nothing is forgotten after some days.

CREATE TABLE submissions (
    id           BIGINT PRIMARY KEY,
    -- 22 unguessable characters: the page /s/CODE.
    code         TEXT NOT NULL UNIQUE,
    hall         TEXT NOT NULL REFERENCES halls (code),
    item         TEXT NOT NULL,
    item_version BIGINT NOT NULL,
    -- JSON: question's key to choice's key.
    answers      TEXT NOT NULL,
    changed_at   BIGINT NOT NULL,
    -- The number of the first case that it became; empty while it is a draft.
    application  TEXT NOT NULL,
    -- Personal data: JSON, field's key to what was entered. Empty once the case has it.
    form         TEXT NOT NULL
);
CREATE INDEX submissions_by_age ON submissions (changed_at) WHERE application = '';

-- Which file was photographed for which document of the item.
CREATE TABLE submission_files (
    file       TEXT PRIMARY KEY REFERENCES files (id),
    submission BIGINT NOT NULL REFERENCES submissions (id),
    document   TEXT NOT NULL
);
CREATE INDEX submission_files_by_submission ON submission_files (submission);
