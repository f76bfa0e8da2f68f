//! The editor of one item.

use askama::Template;

use super::controls::Section;
use super::situation::Situation;
use super::versions::{ChangeRow, VersionRow};
use crate::pages::frame::Frame;

/// What happened before the page was shown, at its head.
#[derive(Debug, Default)]
pub struct Notice {
    /// `good`, `bad` or empty.
    pub kind: &'static str,
    pub text: String,
}

#[derive(Debug, Template)]
#[template(path = "items/edit.html")]
pub struct EditPage {
    pub frame: Frame,
    pub user: String,
    pub csrf: String,
    pub code: String,
    pub name: String,
    /// `draft`, `checked`, `in-force`, `retired` or `new`.
    pub state: &'static str,
    pub state_name: String,
    /// 0 where there is no draft.
    pub revision: i64,
    pub notice: Notice,
    /// The draft's base is no longer in force: what changed since.
    pub outdated: Option<Vec<ChangeRow>>,
    /// Somebody else was faster.
    pub conflict: bool,
    /// Places and sentences.
    pub problems: Vec<(String, String, String)>,
    pub sections: Vec<Section>,
    pub flow: String,
    pub situation: Situation,
    pub versions: Vec<VersionRow>,
    /// What was asked to be compared, and the difference.
    pub compared: Option<(String, Vec<ChangeRow>)>,
}

/// What is asked before a version is published.
#[derive(Debug, Template)]
#[template(path = "items/publish.html")]
pub struct PublishPage {
    pub frame: Frame,
    pub user: String,
    pub csrf: String,
    pub code: String,
    pub name: String,
    pub revision: i64,
    pub next: String,
    pub changes: Vec<ChangeRow>,
}
