//! Stories of the papers.
mod samples;
