-- Cases found by the applicant's name in pinyin: whole syllables in the column there is, initials in one of their own, both by their
-- beginning. Personal data.
ALTER TABLE cases ADD COLUMN applicant_initials TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_by_pinyin ON cases (applicant_pinyin);
CREATE INDEX cases_by_initials ON cases (applicant_initials);
