-- Real approvals: applications of several cases, tasks of one person, what is to be watched, signals.

-- The number of the application's first case.
ALTER TABLE cases ADD COLUMN application TEXT NOT NULL DEFAULT '';
-- The first day on which supervision or the hall's own jobs look at it; NULL: never.
ALTER TABLE cases ADD COLUMN watch_on TEXT;
-- Personal data: the form as it was filled in, JSON.
ALTER TABLE cases ADD COLUMN form TEXT NOT NULL DEFAULT '{}';
-- Personal data: the applicant's name in pinyin, whole and by initials, for searches.
ALTER TABLE cases ADD COLUMN applicant_pinyin TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_by_application ON cases (application);
CREATE INDEX cases_to_watch ON cases (watch_on) WHERE watch_on IS NOT NULL;

DROP TABLE case_tasks;
-- Who has something to do in a case: what "my tasks" lists. Written with the case.
CREATE TABLE case_tasks (
    case_no    TEXT NOT NULL REFERENCES cases (case_no),
    -- review, decide, complete, deliver, resubmit, supply, …
    kind       TEXT NOT NULL,
    -- The department whose task it is; for tasks of the intake hall the hall's code.
    assignee   TEXT NOT NULL,
    -- The user name of the person whose alone it is; empty: anybody's there.
    person     TEXT NOT NULL,
    since      BIGINT NOT NULL,
    -- As reckoned when the case last changed, for sorting; 9999-12-31 where no clock runs.
    due_on     TEXT NOT NULL,
    PRIMARY KEY (case_no, kind, assignee, person)
);
CREATE INDEX case_tasks_by_due ON case_tasks (due_on, since);
CREATE INDEX case_tasks_by_assignee ON case_tasks (assignee, kind, person, due_on, since);

-- Signals of supervision (监察信号): raised once per case, rule, unit and round.
CREATE TABLE signals (
    id           BIGINT PRIMARY KEY,
    case_no      TEXT NOT NULL REFERENCES cases (case_no),
    hall         TEXT NOT NULL REFERENCES halls (code),
    rule         TEXT NOT NULL,
    -- The unit that replies: a department's code; empty: the hall's clerks.
    department   TEXT NOT NULL,
    round        BIGINT NOT NULL,
    -- warn, yellow, red, red-statutory
    kind         TEXT NOT NULL,
    raised_at    BIGINT NOT NULL,
    reply_due_on TEXT NOT NULL,
    -- open, replied, confirmed, cancelled
    state        TEXT NOT NULL,
    -- JSON: the signal with its reply and review.
    body         TEXT NOT NULL,
    UNIQUE (case_no, rule, department, round)
);
CREATE INDEX signals_by_unit ON signals (department, hall, state, reply_due_on);
CREATE INDEX signals_by_state ON signals (state, kind, raised_at);

-- The rules of supervision as an office loaded them; the newest version is in force. Without a row, those the program brings along.
CREATE TABLE supervision_rules (
    version   BIGINT PRIMARY KEY,
    -- Canonical JSON (RFC 8785).
    content   TEXT NOT NULL,
    source    TEXT NOT NULL,
    digest    TEXT NOT NULL,
    loaded_at BIGINT NOT NULL,
    loaded_by TEXT NOT NULL
);

CREATE TRIGGER supervision_rules_are_not_changed BEFORE UPDATE ON supervision_rules
BEGIN
    SELECT RAISE(ABORT, 'versions of the rules are not changed');
END;
CREATE TRIGGER supervision_rules_are_not_removed BEFORE DELETE ON supervision_rules
BEGIN
    SELECT RAISE(ABORT, 'versions of the rules are not removed');
END;
CREATE TRIGGER supervision_rules_are_not_replaced BEFORE INSERT ON supervision_rules
WHEN EXISTS (SELECT 1 FROM supervision_rules WHERE version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'versions of the rules are not replaced');
END;
