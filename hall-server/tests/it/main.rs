//! The server's stories: told over real HTTP, on SQLite and on PostgreSQL.
//!
//! PostgreSQL is used where `HALL_TEST_POSTGRES=postgres://…` names a cluster in which databases may be made; each story
//! has a database of its own. In CI (`CI=true`) its absence is a failure.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

#[macro_use]
mod support;

mod absence_stories;
mod application_stories;
mod bodies;
mod calendar_stories;
mod case_stories;
mod catalogue_stories;
mod command_line;
mod crowds;
mod descriptions;
mod dossier_stories;
mod draft_stories;
mod editor_stories;
mod evidence_stories;
mod exchange_stories;
mod file_stories;
mod head_stories;
mod history;
mod identity_stories;
mod joint_stories;
mod lookup_stories;
mod notice_stories;
mod page_stories;
mod preparation_stories;
mod repeated_requests;
mod screens;
mod submission_stories;
mod supervision_pages;
mod supervision_stories;
mod ticket_stories;
