//! Answers that the stand-in gives by itself, as a department would after a while.

use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use super::control::Decision;
use super::say::{envelope, send};
use crate::messages::DepartmentMessage;

/// How often an answer is tried while the hall cannot be reached.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_secs(1);

/// Answers a case beside everything else.
pub(super) fn answer(shared: &Arc<Shared>, case_no: String) {
    let Some(automatic) = shared.desk.automatic() else { return };
    let shared = shared.clone();
    tokio::spawn(async move {
        deliver(&shared, &case_no, DepartmentMessage::Received { reference: reference(&shared, &case_no) }).await;
        tokio::time::sleep(Duration::from_millis(automatic.after_millis)).await;
        let message = match automatic.decision {
            Decision::Approve { opinion, by } => DepartmentMessage::Approved { opinion, by },
            Decision::Refuse { reason, by } => DepartmentMessage::Refused { reason, by },
            Decision::None => return,
        };
        if shared.desk.waits(&case_no) {
            deliver(&shared, &case_no, message).await;
        }
    });
}

/// A number of the department's own.
fn reference(shared: &Shared, case_no: &str) -> String {
    let end = case_no.len().saturating_sub(6);
    format!("{}-{}", shared.who.name, case_no.get(end..).unwrap_or(case_no))
}

async fn deliver(shared: &Shared, case_no: &str, message: DepartmentMessage) {
    let mut envelope = envelope(shared, case_no, &message);
    for _ in 0..TRIES {
        envelope.sent_at = shared.now();
        let said = send(shared, &envelope, false).await;
        let later = said.status == 0 || said.status >= 500 || matches!(said.status, 408 | 425 | 429);
        if !later {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    tracing::error!(case_no, kind = envelope.kind, "the hall could not be told");
}
