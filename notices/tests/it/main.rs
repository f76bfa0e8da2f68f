//! Stories of the papers: what is printed is read back with programs that share nothing with the typesetter
//! (poppler for text and pictures, rqrr for the QR).

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod samples;
mod support;

mod documents;
mod hostile_texts;
mod kinds;
mod long_papers;
