-- Papers that were put into applicants' hands (文书). Their text is set from here and the case; never changed.

CREATE TABLE notices (
    -- 22 unguessable characters: whoever holds the paper verifies it under /n/CODE.
    code      TEXT PRIMARY KEY,
    case_no   TEXT NOT NULL REFERENCES cases (case_no),
    hall      TEXT NOT NULL REFERENCES halls (code),
    -- 1, 2, … within the case.
    serial    BIGINT NOT NULL,
    -- receipt, correction, acceptance, …
    kind      TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    -- The event that issued it.
    turn      BIGINT NOT NULL,
    -- JSON: what the paper says beyond the case and its item. No personal data.
    facts     TEXT NOT NULL,
    UNIQUE (case_no, serial)
);

CREATE TRIGGER notices_are_not_changed BEFORE UPDATE OR DELETE ON notices
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER notices_are_not_truncated BEFORE TRUNCATE ON notices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
