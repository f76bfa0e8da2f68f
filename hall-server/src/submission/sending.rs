//! A draft is sent: its cases are opened as submitted (已申报), for the hall to receive.

use domain::civil;
use protocol::case::Applicant;
use protocol::problem::Code;

use super::{Open, draft, offer};
use crate::AppState;
use crate::cases::intake;
use crate::engine::command::{self, Origin};
use crate::engine::{Answer, Command, Request};
use crate::files::access::Subject;
use crate::http::problem::ApiError;
use crate::store::cases;
use crate::store::cases::CaseRow;

/// How many applications in one number's name may wait to be received: nobody has proven yet whose number it is.
const MOST_WAITING: usize = 5;

/// Sends a draft that is complete; returns the cases that it became. Sent twice, it is sent once.
pub async fn send(state: &AppState, open: &Open, applicant: Applicant) -> Result<Vec<CaseRow>, ApiError> {
    let now = state.clock.now();
    if !state.submissions.changes.allows(open.row.id, now) {
        return Err(ApiError::new(Code::TooManyRequests));
    }
    let mut connection = state.store.reader().acquire().await?;
    if !open.row.application.is_empty() {
        return Ok(cases::of_applications(&mut connection, &[&open.row.application]).await?);
    }
    let offer = offer(state, &open.row.item).await?;
    if offer.item.version != open.row.item_version {
        return Err(ApiError::new(Code::ItemClosed).detail(
            "该事项的办理要求已更新，请重新填写",
            "The service has changed since this draft was begun: please begin again",
        ));
    }
    let prepared = draft::read(state, open).await?;
    if !prepared.open.is_empty() {
        let points = |english| {
            let points: Vec<&str> = prepared.open.iter().map(|point| point.text.pick(english)).collect();
            points.join(if english { "; " } else { "；" })
        };
        return Err(ApiError::new(Code::InvalidField)
            .detail(format!("还缺：{}", points(false)), format!("Still open: {}", points(true))));
    }
    if applicant.phone.trim().is_empty() {
        return Err(ApiError::new(Code::InvalidPhone).field("applicant.phone", "empty"));
    }
    let applicant = intake::checked(applicant, civil::day(now))?;
    let theirs = cases::by_applicant(&mut connection, &applicant.id_number).await?;
    let waiting = theirs.iter().filter(|row| row.case.state.name() == protocol::case::CaseState::Submitted).count();
    if waiting >= MOST_WAITING {
        return Err(ApiError::new(Code::TooManyRequests).detail(
            format!("该证件号码已有 {waiting} 件申请等待收件，请待大厅收件后再提交"),
            format!("{waiting} applications under this number wait to be taken in: please send more afterwards"),
        ));
    }
    drop(connection);
    let request = Request {
        hall: open.row.hall.clone(),
        actor: Subject::Submission(open.row.id).to_string(),
        key: None,
        command: Command::OpenApplication(Box::new(command::OpenApplication {
            origin: Origin::Phone { submission: open.row.id },
            item: Some(open.row.item.clone()),
            applicant,
            answers: Default::default(),
            form: Default::default(),
            received_on: None,
            query_codes: intake::query_codes(state)?,
        })),
    };
    match state.engine.submit(request).await {
        Ok(Answer::Cases(rows)) => Ok(rows),
        Ok(_) => Err(ApiError::new(Code::IdempotencyKeyReused)),
        // Two taps on the button: the second finds what the first did.
        Err(crate::engine::EngineError::SubmittedAlready(_)) => {
            let sent = draft::find(state, &open.row.code).await?.row;
            let mut connection = state.store.reader().acquire().await?;
            Ok(cases::of_applications(&mut connection, &[&sent.application]).await?)
        }
        Err(error) => Err(error.into()),
    }
}
