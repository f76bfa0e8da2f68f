-- How far every open case has been looked at under the rules of supervision in force.
CREATE TABLE surveys (
    name   TEXT PRIMARY KEY,
    -- SHA-256 of the rules' canonical JSON: under others it begins anew.
    rules  TEXT NOT NULL,
    -- The number of the last case looked at; empty before the first.
    up_to  TEXT NOT NULL,
    -- running, finished
    state  TEXT NOT NULL
);
