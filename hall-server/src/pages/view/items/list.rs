//! The list of items.

use askama::Template;
use protocol::draft::{DraftState, DraftSummary};

use crate::pages::frame::Frame;
use crate::pages::times;
use crate::pages::view::supervisor::Viewer;

#[derive(Debug, Template)]
#[template(path = "items/list.html")]
pub struct ListPage {
    pub frame: Frame,
    pub user: String,
    pub csrf: String,
    pub query: String,
    pub message: String,
    pub drafts: Vec<DraftRow>,
    pub items: Vec<ItemRow>,
    pub found: usize,
    /// Numbers of the pages before and after, where there are any.
    pub before: Option<usize>,
    pub after: Option<usize>,
}

#[derive(Debug)]
pub struct ItemRow {
    pub code: String,
    pub name: String,
    pub department: String,
    pub version: i64,
    pub state: &'static str,
    pub state_name: &'static str,
}

#[derive(Debug)]
pub struct DraftRow {
    pub code: String,
    pub name: String,
    pub base: String,
    pub state: &'static str,
    pub state_name: &'static str,
    pub problems: usize,
    pub changed: String,
}

impl ListPage {
    pub fn new(frame: Frame, viewer: Viewer) -> Self {
        ListPage {
            frame,
            user: viewer.name,
            csrf: viewer.csrf,
            query: String::new(),
            message: String::new(),
            drafts: Vec::new(),
            items: Vec::new(),
            found: 0,
            before: None,
            after: None,
        }
    }

    pub fn draft_rows(&self, drafts: &[DraftSummary]) -> Vec<DraftRow> {
        let w = self.frame.w;
        drafts
            .iter()
            .map(|draft| DraftRow {
                code: draft.code.clone(),
                name: draft.name.pick(w.english).to_owned(),
                base: if draft.base_version == 0 {
                    w.state_new().to_owned()
                } else {
                    format!("{} {}", w.base_of(), w.version(draft.base_version))
                },
                state: if draft.state == DraftState::Checked { "checked" } else { "draft" },
                state_name: if draft.state == DraftState::Checked { w.state_checked() } else { w.state_draft() },
                problems: draft.problems,
                changed: format!("{} · {}", times::moment(draft.changed_at, w), draft.changed_by),
            })
            .collect()
    }
}
