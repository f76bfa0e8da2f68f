//! Cases read: one on a screen, a search, my tasks, the receipt, progress for citizens.

use axum::Json;
use axum::extract::{Path, Query, State};
use domain::cases::Asker;
use domain::civil;
use protocol::case::{Application, Case, Progress, ProgressQuery, Receipt, Task, TaskKind};
use protocol::problem::{Code, Problem};
use protocol::staff::{Role, User};
use serde::Deserialize;
use sqlx::AnyConnection;

use super::{joint, view};
use crate::AppState;
use crate::absences;
use crate::http::asker::{Machine, Staff};
use crate::http::body;
use crate::http::problem::ApiError;
use crate::queue::follow;
use crate::store::case_search;
use crate::store::case_tasks::{self, TaskRow};
use crate::store::cases::{self, CaseRow};

/// One case. Staff of its hall and of the departments concerned see it, and supervisors.
#[utoipa::path(get, path = "/api/v1/cases/{case_no}", tag = "cases", params(("case_no" = String, Path)),
    responses((status = 200, body = Case), (status = 404, body = Problem)))]
pub async fn one(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
) -> Result<Json<Case>, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = visible(&mut connection, &case_no, staff.user()).await?;
    Ok(Json(view::case(&state, &mut connection, row, staff.user()).await?))
}

/// An application as a whole: its joint limits and outcome, and those of its cases that concern the reader.
#[utoipa::path(get, path = "/api/v1/applications/{application}", tag = "cases", params(("application" = String, Path)),
    responses((status = 200, body = Application), (status = 404, body = Problem)))]
pub async fn application(
    State(state): State<AppState>,
    Path(application): Path<String>,
    staff: Staff,
) -> Result<Json<Application>, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let rows = cases::of_applications(&mut connection, &[&application]).await?;
    if !rows.iter().any(|row| concerns(row, staff.user())) {
        return Err(ApiError::new(Code::UnknownCase));
    }
    let joint = joint::joint(&state, &mut connection, &rows).await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| concerns(row, staff.user())) {
        cases.push(view::case(&state, &mut connection, row, staff.user()).await?);
    }
    Ok(Json(Application { application, cases, joint }))
}

/// A case that the asker may see. To others it does not exist.
pub(crate) async fn visible(connection: &mut AnyConnection, case_no: &str, asker: &User) -> Result<CaseRow, ApiError> {
    let row = cases::one(connection, case_no).await?.filter(|row| concerns(row, asker));
    row.ok_or_else(|| ApiError::new(Code::UnknownCase))
}

pub(crate) fn concerns(row: &CaseRow, asker: &User) -> bool {
    let case = &row.case;
    let of_hall = asker.roles.contains(&Role::Clerk) && asker.hall.as_deref() == Some(&case.hall);
    let of_department = asker.department.as_ref().is_some_and(|department| {
        *department == case.department || case.terms.branches.iter().any(|branch| branch.department == *department)
    });
    of_hall || of_department || asker.roles.iter().any(|r| matches!(r, Role::Supervisor | Role::Administrator))
}

#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// Search cases by number, applicant's name or its pinyin, ID number or ticket number.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(("q" = String, Query)),
    responses((status = 200, body = Vec<Task>)))]
pub async fn search(
    State(state): State<AppState>,
    Query(search): Query<Search>,
    staff: Staff,
) -> Result<Json<Vec<Task>>, ApiError> {
    let text: String = search.q.trim().chars().take(100).collect();
    if text.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let user = staff.user();
    let everywhere = user.roles.iter().any(|r| matches!(r, Role::Supervisor | Role::Administrator));
    let hall = user.hall.as_deref().filter(|_| !everywhere && staff.has(Role::Clerk));
    let department = user.department.as_deref().filter(|_| !everywhere && hall.is_none());
    if !everywhere && hall.is_none() && department.is_none() {
        return Err(ApiError::new(Code::Forbidden));
    }
    let mut connection = state.store.reader().acquire().await?;
    let rows = case_search::search(&mut connection, &text, hall, department).await?;
    let found = rows
        .into_iter()
        .map(|row| {
            let open = row.case.open_tasks();
            let first = open.first();
            TaskRow {
                kind: first.map_or(TaskKind::Unknown, |task| task.kind),
                since: first.map_or(row.changed_at, |task| task.since),
                due_on: row.due_on,
                item_version: row.case.item_version,
                state: row.case.state.name(),
                applicant_name: row.applicant.name,
                case_no: row.case.case_no,
                item: row.case.item,
                department: row.case.department,
                person: String::new(),
                four_eyes: None,
            }
        })
        .collect();
    Ok(Json(view::tasks(&state, &mut connection, found, &[]).await?))
}

/// My tasks: what lies with the asker's department or hall, due first; with those of whoever is on leave and has the asker stand in.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "cases", responses((status = 200, body = Vec<Task>)))]
pub async fn tasks(State(state): State<AppState>, staff: Staff) -> Result<Json<Vec<Task>>, ApiError> {
    let user = staff.user();
    let mut connection = state.store.reader().acquire().await?;
    let absent = absences::stood_in_for(&state, &mut connection, user).await?;
    let mut rows = Vec::new();
    if let Some(department) = &user.department {
        let kinds = department_kinds(user);
        let absent: Vec<&str> = absent.iter().map(|person| person.username.as_str()).collect();
        rows.extend(case_tasks::of(&mut connection, department, &kinds, &user.username, &absent).await?);
    }
    if let Some(hall) = user.hall.as_ref().filter(|_| staff.has(Role::Clerk)) {
        let kinds = [
            TaskKind::Receive,
            TaskKind::Accept,
            TaskKind::Supply,
            TaskKind::SupplyDeferred,
            TaskKind::Resubmit,
            TaskKind::Deliver,
        ];
        rows.extend(case_tasks::of(&mut connection, hall, &kinds, "", &[]).await?);
    }
    // Four eyes: a signer who had a say in a case has nothing to decide in it, nor a substitute who countersigned it.
    rows.retain(|task| {
        let theirs = absent.iter().find(|absent| absent.username == task.person);
        let asker = theirs.map_or(Asker::Staff(user), |absent| Asker::Substitute { user, absent });
        task.four_eyes.as_ref().is_none_or(|case| case.task_is_for(task.kind, &asker))
    });
    Ok(Json(view::tasks(&state, &mut connection, rows, &absent).await?))
}

/// What staff of a department may find in their tasks, by their roles.
fn department_kinds(user: &User) -> Vec<TaskKind> {
    let mut kinds = Vec::new();
    let has = |role| user.roles.contains(&role);
    if has(Role::IntakeOfficer) {
        kinds.extend([TaskKind::Receive, TaskKind::Accept]);
    }
    if has(Role::Reviewer) {
        kinds.extend([TaskKind::Review, TaskKind::Advise, TaskKind::CloseSpecial, TaskKind::Withdrawal]);
    }
    if has(Role::Signer) {
        kinds.push(TaskKind::Decide);
    }
    if has(Role::Leader) {
        kinds.push(TaskKind::Special);
    }
    if has(Role::Reviewer) || has(Role::Signer) {
        kinds.extend([TaskKind::Complete, TaskKind::Countersign]);
    }
    kinds
}

/// The receipt of an accepted case, to be printed.
#[utoipa::path(get, path = "/api/v1/cases/{case_no}/receipt", tag = "cases", params(("case_no" = String, Path)),
    responses((status = 200, body = Receipt), (status = 409, body = Problem)))]
pub async fn receipt(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
) -> Result<Json<Receipt>, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = visible(&mut connection, &case_no, staff.user()).await?;
    let receipt = view::receipt(&state, &mut connection, &row).await?;
    receipt.map(Json).ok_or_else(|| ApiError::new(Code::WrongState))
}

/// A kiosk asks for somebody's cases, by the card just read or a scanned code.
#[utoipa::path(post, path = "/api/v1/progress", tag = "cases", request_body = ProgressQuery,
    responses((status = 200, body = Vec<Progress>), (status = 404, body = Problem)))]
pub async fn progress(
    State(state): State<AppState>,
    _kiosk: Machine,
    body::Json(query): body::Json<ProgressQuery>,
) -> Result<Json<Vec<Progress>>, ApiError> {
    let rows = match query {
        ProgressQuery::Card { id_number } => {
            let today = civil::day(state.clock.now());
            let number = crate::queue::identification::applicant_number(&id_number, "id_number", today)?;
            let mut connection = state.store.reader().acquire().await?;
            cases::by_applicant(&mut connection, &number).await?
        }
        ProgressQuery::Code { code } => return Ok(Json(by_code(&state, &code).await?)),
    };
    let mut connection = state.store.reader().acquire().await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(view::progress(&state, &mut connection, row).await?);
    }
    Ok(Json(found))
}

/// What a scanned text leads to: a receipt's address or code, or a ticket's.
pub async fn by_code(state: &AppState, scanned: &str) -> Result<Vec<Progress>, ApiError> {
    let scanned = scanned.trim();
    let code = scanned.rsplit('/').next().unwrap_or_default();
    let mut connection = state.store.reader().acquire().await?;
    if let Some(row) = cases::by_query_code(&mut connection, code).await? {
        return Ok(vec![view::progress(state, &mut connection, &row).await?]);
    }
    drop(connection);
    let unknown = |_| ApiError::new(Code::UnknownCase);
    let place = follow::find(state, code).await.map_err(unknown)?;
    follow::progress(state, place.ticket).await
}
