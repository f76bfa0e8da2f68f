-- A case's dossier holds its signals' events too.
CREATE INDEX events_of_signals ON events (subject, turn) WHERE subject LIKE 'signal:%';
