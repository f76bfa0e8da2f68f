-- What supervision lists by date, derived and written with the case: for each open case and each unit that answers for a clock of it the
-- one that runs out first, the joint clock of an application where it runs out before those of all its cases, and whether a finished case
-- kept its promise.
CREATE TABLE supervised_clocks (
    -- For a joint clock the application's first case.
    case_no  TEXT NOT NULL REFERENCES cases (case_no),
    -- first: the case's first; also: another unit's; joint; kept or missed for the promise of a finished case
    what     TEXT NOT NULL,
    -- The unit that answers for it: a department's code, or the hall's.
    unit     TEXT NOT NULL,
    -- 9999-12-31 where no clock runs.
    due_on   TEXT NOT NULL,
    -- The day on which the result was ready; empty while it runs.
    ended_on TEXT NOT NULL,
    PRIMARY KEY (case_no, what, unit)
);
CREATE INDEX supervised_clocks_by_due ON supervised_clocks (due_on, case_no, what, unit) WHERE ended_on = '' AND what <> 'also';
CREATE INDEX supervised_clocks_by_unit ON supervised_clocks (unit, due_on, case_no, what, ended_on) WHERE ended_on = '';
CREATE INDEX supervised_clocks_ended ON supervised_clocks (ended_on, unit, what) WHERE ended_on <> '';

-- Cases that are there stand by their open tasks until they are next changed.
INSERT INTO supervised_clocks (case_no, what, unit, due_on, ended_on)
SELECT case_no, 'first', assignee, due_on, '' FROM (
    SELECT case_no, assignee, due_on, ROW_NUMBER() OVER (PARTITION BY case_no ORDER BY due_on, assignee) AS place FROM case_tasks
) AS tasks WHERE place = 1;

-- Signals of one state by their colour and deadline with what their lists ask for, open ones to be counted, closed ones by age.
CREATE INDEX signals_by_reply ON signals (state, kind, reply_due_on, id, department, hall);
CREATE INDEX signals_open ON signals (department, hall, kind, state) WHERE state IN ('open', 'replied');
CREATE INDEX signals_by_age ON signals (state, raised_at, id);
