//! What a file is for, and who may therefore read it or add one.

use protocol::problem::Code;
use protocol::staff::{Role, User};
use sqlx::AnyConnection;

use crate::cases::reading;
use crate::http::problem::ApiError;
use crate::store::{cases, queue, submissions};

/// What a file is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Ticket(i64),
    /// An application that is being made ready on a phone, or was sent from one.
    Submission(i64),
    Case(String),
}

impl Subject {
    /// `ticket:ID`, `submission:ID` or `case:NO`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("ticket", id) => id.parse().ok().map(Subject::Ticket),
            ("submission", id) => id.parse().ok().map(Subject::Submission),
            ("case", case_no) if !case_no.is_empty() => Some(Subject::Case(case_no.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Ticket(id) => write!(f, "ticket:{id}"),
            Subject::Submission(id) => write!(f, "submission:{id}"),
            Subject::Case(case_no) => write!(f, "case:{case_no}"),
        }
    }
}

/// Whether a member of staff may see what a file is for: a case that concerns them; a ticket of the clerk's own hall, or one from
/// which such a case was opened; a submission once it became such a case.
pub async fn may_see(connection: &mut AnyConnection, subject: &Subject, asker: &User) -> Result<bool, ApiError> {
    match subject {
        Subject::Case(case_no) => match reading::visible(connection, case_no, asker).await {
            Ok(_) => Ok(true),
            Err(error) if error.code == Code::UnknownCase => Ok(false),
            Err(error) => Err(error),
        },
        Subject::Submission(id) => {
            let Some(row) = submissions::one(connection, *id).await? else { return Ok(false) };
            let opened = cases::of_applications(connection, &[&row.application]).await?;
            Ok(!row.application.is_empty() && opened.iter().any(|case| reading::concerns(case, asker)))
        }
        Subject::Ticket(id) => {
            let Some(row) = queue::ticket(connection, *id).await? else { return Ok(false) };
            if asker.roles.contains(&Role::Clerk) && asker.hall.as_deref() == Some(&row.hall) {
                return Ok(true);
            }
            let opened = cases::by_ticket(connection, *id).await?;
            Ok(opened.iter().any(|case| reading::concerns(case, asker)))
        }
    }
}

/// Whether a member of staff may add files: those who work on what they may see. Supervisors look on.
pub async fn may_add(connection: &mut AnyConnection, subject: &Subject, asker: &User) -> Result<bool, ApiError> {
    let works = asker.roles.iter().any(|role| matches!(role, Role::Clerk | Role::Reviewer | Role::Signer));
    Ok(works && may_see(connection, subject, asker).await?)
}
