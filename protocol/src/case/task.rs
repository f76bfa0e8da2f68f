//! Open tasks (待办).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CaseState;
use crate::Millis;
use crate::absence::Person;
use crate::catalogue::Text;

/// A line of *my tasks* (待办). `GET /api/v1/tasks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    pub case_no: String,
    pub kind: TaskKind,
    pub item_name: Text,
    /// The department that answers for the item.
    #[serde(default)]
    pub department_name: Text,
    pub applicant_name: String,
    pub state: CaseState,
    /// Since when it lies with the asker.
    pub since: Millis,
    #[serde(default)]
    pub due_on: Option<String>,
    /// Working days left to `due_on`, negative when past.
    #[serde(default)]
    pub days_left: Option<i64>,
    /// 可批量审批
    #[serde(default)]
    pub bulk: bool,
    /// The person on leave whose task it is, where the asker stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Person>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// Review the department's branch.
    Review,
    /// Sign the decision.
    Decide,
    /// Make the result ready.
    Complete,
    /// Hand the result over.
    Deliver,
    /// Answer a return and send it to review again.
    Resubmit,
    /// Take in what was missing.
    Supply,
    /// Take in what was submitted.
    Receive,
    /// Check and accept, or say why not.
    Accept,
    /// Take in the deferred papers.
    SupplyDeferred,
    /// Advise a colleague.
    Advise,
    Countersign,
    /// Approve or decline a special procedure.
    Special,
    /// End a special procedure once its result is there; by itself it ends on the planned day.
    CloseSpecial,
    /// Confirm or decline a withdrawal.
    Withdrawal,
    #[serde(other)]
    Unknown,
}
