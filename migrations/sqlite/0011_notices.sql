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

CREATE TRIGGER notices_are_not_changed BEFORE UPDATE ON notices
BEGIN
    SELECT RAISE(ABORT, 'notices is history and is not changed');
END;
CREATE TRIGGER notices_are_not_removed BEFORE DELETE ON notices
BEGIN
    SELECT RAISE(ABORT, 'notices is history and is not removed');
END;
CREATE TRIGGER notices_are_not_replaced BEFORE INSERT ON notices
WHEN EXISTS (SELECT 1 FROM notices WHERE code = NEW.code OR (case_no = NEW.case_no AND serial = NEW.serial))
BEGIN
    SELECT RAISE(ABORT, 'notices is history and is not replaced');
END;
