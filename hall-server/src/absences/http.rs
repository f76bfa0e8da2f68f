//! Absences over HTTP: listed, arranged, ended early; what was done on behalf of whoever was away.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::absences::may_arrange;
use domain::civil;
use jiff::civil::Date;
use protocol::absence::{Absence, NewAbsence, Person, StepOnBehalf};
use protocol::problem::{Code, Problem};
use protocol::staff::Role;

use super::arranging::{self, Wanted};
use crate::AppState;
use crate::cases::view::{self, Names};
use crate::http::asker::Staff;
use crate::http::body::{self, Repeatable};
use crate::http::problem::ApiError;
use crate::store::absences::{self, AbsenceRow, Of};
use crate::store::{cases, events, identity};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// The asker's own absences and those in which they stand in; for leaders and administrators their department's too. The latest first.
#[utoipa::path(get, path = "/api/v1/absences", tag = "absences", responses((status = 200, body = Vec<Absence>)))]
pub async fn list(State(state): State<AppState>, staff: Staff) -> Result<Json<Vec<Absence>>, ApiError> {
    let user = staff.user();
    let of = match &user.department {
        Some(department) if staff.has(Role::Leader) || staff.has(Role::Administrator) => {
            Of::Department { department, person: &user.username }
        }
        None if staff.has(Role::Administrator) => Of::Everybody,
        _ => Of::Person(&user.username),
    };
    let mut connection = state.store.reader().acquire().await?;
    let rows = absences::list(&mut connection, of).await?;
    Ok(Json(rows.into_iter().map(|row| shown(&state, row)).collect()))
}

/// Hand over to a colleague for some days (休假交接).
#[utoipa::path(post, path = "/api/v1/absences", tag = "absences", request_body = NewAbsence,
    params(("idempotency-key" = Option<String>, Header)),
    responses((status = 201, body = Absence), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn arrange(
    State(state): State<AppState>,
    staff: Staff,
    Repeatable(key): Repeatable,
    body::Json(new): body::Json<NewAbsence>,
) -> Result<(StatusCode, Json<Absence>), ApiError> {
    let reason = new.reason.unwrap_or_default().trim().to_owned();
    if reason.chars().count() > LONGEST_REASON {
        let most = format!("more than {LONGEST_REASON} characters");
        return Err(ApiError::new(Code::InvalidField).field("reason", most));
    }
    let wanted = Wanted {
        person: new.person.map(|person| person.trim().to_owned()).filter(|person| !person.is_empty()),
        substitute: new.substitute.trim().to_owned(),
        from: day("from", &new.from)?,
        until: day("until", &new.until)?,
        reason,
    };
    let actor = staff.asker().actor();
    let row = arranging::arrange(&state, staff.user(), &actor, key.as_ref(), wanted).await?;
    Ok((StatusCode::CREATED, Json(shown(&state, row))))
}

/// End an absence early, or call it off. It stays in the history.
#[utoipa::path(post, path = "/api/v1/absences/{id}/end", tag = "absences", params(("id" = i64, Path)),
    responses((status = 200, body = Absence), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn end(State(state): State<AppState>, Path(id): Path<i64>, staff: Staff) -> Result<Json<Absence>, ApiError> {
    let row = arranging::end(&state, staff.user(), &staff.asker().actor(), id).await?;
    Ok(Json(shown(&state, row)))
}

/// What was done on behalf of the person during an absence, in order: for the person, the substitute, and whoever may arrange it.
#[utoipa::path(get, path = "/api/v1/absences/{id}/steps", tag = "absences", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<StepOnBehalf>), (status = 404, body = Problem)))]
pub async fn steps(
    State(state): State<AppState>,
    Path(id): Path<i64>,
    staff: Staff,
) -> Result<Json<Vec<StepOnBehalf>>, ApiError> {
    let unknown = || ApiError::new(Code::UnknownAbsence);
    let mut connection = state.store.reader().acquire().await?;
    let row = absences::one(&mut connection, id).await?.ok_or_else(unknown)?;
    let person = identity::user(&state.store, &row.absence.person).await?.ok_or_else(unknown)?.user;
    if row.absence.substitute != staff.user().username && !may_arrange(staff.user(), &person) {
        return Err(unknown());
    }
    // Another absence of the two may lie beside it: the days tell them apart.
    let from = civil::instant(row.absence.from.at(0, 0, 0, 0));
    let after = row.absence.until.tomorrow().unwrap_or(row.absence.until);
    let until = row.ended_at.map_or_else(|| civil::instant(after.at(0, 0, 0, 0)), |ended_at| ended_at + 1);
    let (actor, on_behalf) = (format!("user:{}", row.substitute.username), format!("user:{}", row.person.username));
    let done = events::on_behalf(&mut connection, &actor, &on_behalf, (from, until)).await?;
    let numbers: Vec<&str> = done.iter().filter_map(|event| event.subject.strip_prefix("case:")).collect();
    let rows = cases::find(&mut connection, &numbers).await?;
    let people = [(row.substitute.username.clone(), row.substitute.name.clone())].into_iter().collect();
    let entries = view::history_entries(&done, &people)?;
    let names = Names::read(&mut connection).await?;
    let mut steps = Vec::with_capacity(done.len());
    for (event, entry) in done.iter().zip(entries) {
        let case_no = event.subject.strip_prefix("case:").unwrap_or_default();
        let Some(case) = rows.iter().find(|row| row.case.case_no == case_no) else { continue };
        steps.push(StepOnBehalf {
            at: entry.at,
            case_no: case_no.to_owned(),
            item_name: names.item(&state, &mut connection, case).await?,
            text: entry.text,
            note: entry.note,
            by: Person { username: row.substitute.username.clone(), name: row.substitute.name.clone() },
        });
    }
    Ok(Json(steps))
}

fn day(place: &str, text: &str) -> Result<Date, ApiError> {
    text.trim().parse().map_err(|_| ApiError::new(Code::InvalidField).field(place, "a day such as 2026-11-24"))
}

fn shown(state: &AppState, row: AbsenceRow) -> Absence {
    Absence {
        id: row.id,
        current: row.absence.is_current(civil::day(state.clock.now())),
        from: row.absence.from.to_string(),
        until: row.absence.until.to_string(),
        ended: row.absence.ended,
        reason: Some(row.reason).filter(|reason| !reason.is_empty()),
        person: row.person,
        substitute: row.substitute,
    }
}
