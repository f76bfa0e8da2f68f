//! How far a case is, for the applicant.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CaseState;
use crate::Millis;
use crate::catalogue::Text;

/// `POST /api/v1/progress`: a kiosk asks for somebody's cases, by card, or by the code on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum ProgressQuery {
    Card {
        id_number: String,
    },
    /// The scanned text: the receipt's address or its code; a ticket's address is answered too.
    Code {
        code: String,
    },
}

/// A case's progress as a citizen sees it: no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    pub case_no: String,
    pub item_name: Text,
    pub department_name: Text,
    pub state: CaseState,
    /// What it means for the citizen, in a sentence.
    pub text: Text,
    pub received_at: Millis,
    #[serde(default)]
    pub due_on: Option<String>,
    #[serde(default)]
    pub missing: Vec<Text>,
    pub steps: Vec<ProgressStep>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressStep {
    pub name: Text,
    pub state: StepState,
    #[serde(default)]
    pub at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    Done,
    Current,
    Ahead,
}
