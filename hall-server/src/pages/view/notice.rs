//! What the page behind a paper's code shows.

use askama::Template;

use crate::pages::frame::Frame;

/// `/n/{code}`.
#[derive(Debug, Template)]
#[template(path = "phone/notice.html")]
pub struct NoticePage {
    pub frame: Frame,
    /// 有效, 已办理 or 已失效.
    pub standing: String,
    pub explained: String,
    pub in_force: bool,
    pub name: String,
    pub number: String,
    pub issued_at: String,
    pub item: String,
    pub department: String,
    /// Masked.
    pub applicant: String,
    pub case_no: String,
}
