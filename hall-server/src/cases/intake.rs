//! Intake: an application is opened for the ticket at the clerk's window.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::civil;
use domain::identity::check_phone;
use jiff::civil::Date;
use protocol::case::{Agent, Applicant, Application, OpenApplication};
use protocol::problem::{Code, Problem};
use protocol::staff::Role;

use super::{joint, view};
use crate::AppState;
use crate::engine::command::{self, MOST_CASES, Origin};
use crate::engine::{Answer, Command, Request};
use crate::http::asker::Staff;
use crate::http::body::{self, Repeatable};
use crate::http::problem::ApiError;
use crate::identity::{secrets, sessions};
use crate::queue::identification::{applicant_number, checked_name};

/// Start an application for the ticket at the asker's window.
#[utoipa::path(post, path = "/api/v1/applications", tag = "cases", request_body = OpenApplication,
    params(("idempotency-key" = Option<String>, Header)),
    responses((status = 201, body = Application), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn open(
    State(state): State<AppState>,
    staff: Staff,
    Repeatable(key): Repeatable,
    body::Json(open): body::Json<OpenApplication>,
) -> Result<(StatusCode, Json<Application>), ApiError> {
    let hall =
        staff.user().hall.clone().filter(|_| staff.has(Role::Clerk)).ok_or_else(|| ApiError::new(Code::Forbidden))?;
    let applicant = checked(open.applicant, civil::day(state.clock.now()))?;
    let received_on = open
        .received_on
        .map(|day| day.parse::<Date>())
        .transpose()
        .map_err(|_| ApiError::new(Code::InvalidField).field("received_on", "an ISO date"))?;
    let request = Request {
        hall,
        actor: staff.asker().actor(),
        key,
        command: Command::OpenApplication(Box::new(command::OpenApplication {
            origin: Origin::Window { ticket: open.ticket, clerk: staff.user().username.clone() },
            item: open.item,
            applicant,
            answers: open.answers,
            form: open.form,
            received_on,
            query_codes: query_codes(&state)?,
        })),
    };
    let Answer::Cases(rows) = state.engine.submit(request).await? else {
        return Err(ApiError::new(Code::IdempotencyKeyReused));
    };
    let mut connection = state.store.reader().acquire().await?;
    let application = rows.first().map(|row| row.case.application.clone()).unwrap_or_default();
    let joint = joint::joint(&state, &mut connection, &rows).await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        cases.push(view::case(&state, &mut connection, row, staff.user()).await?);
    }
    Ok((StatusCode::CREATED, Json(Application { application, cases, joint })))
}

/// The codes of as many cases as an application may open.
pub(crate) fn query_codes(state: &AppState) -> Result<Vec<String>, ApiError> {
    let now = state.clock.now();
    (0..MOST_CASES).map(|_| secrets::page_code(now).map_err(sessions::no_randomness)).collect()
}

pub(crate) fn checked(applicant: Applicant, today: Date) -> Result<Applicant, ApiError> {
    let phone = match applicant.phone.trim() {
        "" => String::new(),
        phone => landline_or_mobile(phone)?,
    };
    let agent = applicant
        .agent
        .map(|agent| {
            Ok::<_, ApiError>(Agent {
                name: checked_name(&agent.name, "applicant.agent.name")?,
                id_number: applicant_number(&agent.id_number, "applicant.agent.id_number", today)?,
            })
        })
        .transpose()?;
    Ok(Applicant {
        name: checked_name(&applicant.name, "applicant.name")?,
        id_number: applicant_number(&applicant.id_number, "applicant.id_number", today)?,
        phone,
        agent,
    })
}

/// Firms have landlines: 7–12 digits, with dashes, are taken beside mobile numbers.
fn landline_or_mobile(phone: &str) -> Result<String, ApiError> {
    if let Some(mobile) = check_phone(phone) {
        return Ok(mobile);
    }
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let good = phone.starts_with('0') && (9..=12).contains(&digits) || (7..=8).contains(&digits);
    if good && phone.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Ok(phone.to_owned());
    }
    Err(ApiError::new(Code::InvalidPhone).field("applicant.phone", "a mobile number or a landline"))
}
