//! The item editor's pages: the list, the form with its sections, the flow, what applies to answers, and versions.

pub mod controls;
pub mod edit;
pub mod flow;
pub mod labels;
pub mod list;
pub mod sections;
pub mod situation;
pub mod versions;
