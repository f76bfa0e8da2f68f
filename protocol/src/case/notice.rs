//! Papers put into the hands of applicants (文书), and the receipt (受理回执).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::Text;

/// A paper that was put into the applicant's hands (文书). `GET /api/v1/cases/{case_no}/notices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedNotice {
    /// 1, 2, … within the case; the PDF is at `/api/v1/cases/{case_no}/notices/{serial}`.
    pub serial: i64,
    /// 文书编号.
    pub number: String,
    /// receipt, correction, acceptance, …
    pub kind: String,
    pub name: Text,
    pub issued_at: Millis,
    pub standing: NoticeStanding,
    /// Where whoever holds the paper verifies it.
    pub verify_url: String,
}

/// Whether a paper still says what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeStanding {
    /// 有效
    InForce,
    /// 已办理: what it asked for or announced has come about.
    Fulfilled,
    /// 已失效: a later step took its effect away.
    Void,
}

/// The receipt of an accepted case (受理回执), as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    pub case_no: String,
    pub hall_name: Text,
    pub item_name: Text,
    pub department_name: Text,
    /// Masked: 王*.
    pub applicant_name: String,
    pub accepted_at: Millis,
    #[serde(default)]
    pub due_on: Option<String>,
    pub documents: Vec<Text>,
    pub query_url: String,
}
