//! Drafts over HTTP, for administrators.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use protocol::draft::{Draft, DraftStep, DraftSummary, Publication, SaveDraft};
use protocol::problem::{Code, Problem};

use super::drafts::{self, DraftError, Editor};
use crate::AppState;
use crate::http::asker::Staff;
use crate::http::body::Json;
use crate::http::problem::ApiError;
use crate::store;

/// The drafts' addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/drafts", get(all))
        .route("/drafts/{code}", get(one).put(save).delete(discard))
        .route("/drafts/{code}/check", post(check))
        .route("/drafts/{code}/publish", post(publish))
        .route("/items/{code}/versions", get(versions))
}

impl From<DraftError> for ApiError {
    fn from(error: DraftError) -> Self {
        let english = error.to_string();
        let of = |code, zh: String| ApiError::new(code).detail(zh, english);
        match error {
            DraftError::NoDraft(_) => ApiError::new(Code::UnknownDraft),
            DraftError::NoItem(_) => ApiError::new(Code::UnknownItem),
            DraftError::OtherItem { asked, draft } => {
                of(Code::InvalidField, format!("提交的是事项 {draft} 的草稿，不是 {asked} 的"))
                    .field("item.code", draft)
            }
            DraftError::Changed { by, revision } => {
                of(Code::DraftChanged, format!("{by} 已修改草稿，现为第 {revision} 次修改"))
            }
            DraftError::Outdated { base, current, changes } => {
                let error = of(Code::DraftOutdated, format!("草稿依据第 {base} 版，现行为第 {current} 版"));
                changes
                    .into_iter()
                    .fold(error, |error, change| error.field(change.place, format!("{} → {}", change.old, change.new)))
            }
            DraftError::NotChecked => ApiError::new(Code::DraftNotChecked),
            DraftError::Unchanged(version) => of(Code::ItemUnfit, format!("与现行的第 {version} 版没有不同")),
            DraftError::Unfit(faults) => {
                // Places with both languages: the reason reads in Chinese first, as the list does in the editor.
                faults.iter().fold(ApiError::new(Code::ItemUnfit), |error, fault| {
                    let sentence = fault.sentence();
                    error.field(&fault.place, format!("{} ({})", sentence.zh, sentence.en))
                })
            }
            DraftError::Store(error) => error.into(),
        }
    }
}

fn editor<'a>(state: &AppState, staff: &'a Staff) -> Result<Editor<'a>, ApiError> {
    Ok(Editor { username: &staff.administrator()?.username, now: state.clock.now() })
}

/// Every draft, the last changed first.
#[utoipa::path(get, path = "/api/v1/drafts", tag = "drafts",
    responses((status = 200, body = Vec<DraftSummary>), (status = 403, body = Problem)))]
pub async fn all(State(state): State<AppState>, staff: Staff) -> Result<axum::Json<Vec<DraftSummary>>, ApiError> {
    staff.administrator()?;
    Ok(axum::Json(store::drafts::all(&state.store).await?))
}

/// An item's draft.
#[utoipa::path(get, path = "/api/v1/drafts/{code}", tag = "drafts", params(("code" = String, Path)),
    responses((status = 200, body = Draft), (status = 404, body = Problem)))]
pub async fn one(
    State(state): State<AppState>,
    staff: Staff,
    Path(code): Path<String>,
) -> Result<axum::Json<Draft>, ApiError> {
    staff.administrator()?;
    let mut connection = state.store.reader().acquire().await?;
    let draft = store::drafts::one(&mut connection, &code).await?;
    draft.map(axum::Json).ok_or_else(|| ApiError::new(Code::UnknownDraft))
}

/// Saves a draft. `draft-changed` where somebody else changed it since it was read.
#[utoipa::path(put, path = "/api/v1/drafts/{code}", tag = "drafts", params(("code" = String, Path)), request_body = SaveDraft,
    responses((status = 200, body = Draft), (status = 409, body = Problem)))]
pub async fn save(
    State(state): State<AppState>,
    staff: Staff,
    Path(code): Path<String>,
    Json(save): Json<SaveDraft>,
) -> Result<axum::Json<Draft>, ApiError> {
    Ok(axum::Json(drafts::save(&state.store, &code, save, editor(&state, &staff)?).await?))
}

/// Throws a draft away.
#[utoipa::path(delete, path = "/api/v1/drafts/{code}", tag = "drafts",
    params(("code" = String, Path), ("revision" = i64, Query)),
    responses((status = 204), (status = 409, body = Problem)))]
pub async fn discard(
    State(state): State<AppState>,
    staff: Staff,
    Path(code): Path<String>,
    Query(step): Query<DraftStep>,
) -> Result<StatusCode, ApiError> {
    staff.administrator()?;
    drafts::discard(&state.store, &code, step.revision).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Checks a draft: its problems are in the answer, and it is `checked` where there are none.
#[utoipa::path(post, path = "/api/v1/drafts/{code}/check", tag = "drafts", params(("code" = String, Path)), request_body = DraftStep,
    responses((status = 200, body = Draft), (status = 409, body = Problem)))]
pub async fn check(
    State(state): State<AppState>,
    staff: Staff,
    Path(code): Path<String>,
    Json(step): Json<DraftStep>,
) -> Result<axum::Json<Draft>, ApiError> {
    let editor = editor(&state, &staff)?;
    Ok(axum::Json(drafts::check(&state.store, &state.settings.connected, &code, step.revision, editor).await?))
}

/// Publishes a checked draft as the item's next version. `draft-outdated` names what changed in the version in force.
#[utoipa::path(post, path = "/api/v1/drafts/{code}/publish", tag = "drafts", params(("code" = String, Path)), request_body = DraftStep,
    responses((status = 200, body = Publication), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn publish(
    State(state): State<AppState>,
    staff: Staff,
    Path(code): Path<String>,
    Json(step): Json<DraftStep>,
) -> Result<axum::Json<Publication>, ApiError> {
    let editor = editor(&state, &staff)?;
    Ok(axum::Json(drafts::publish(&state.store, &state.settings.connected, &code, step.revision, editor).await?))
}

/// When and by whom each version of an item was published, the latest first.
#[utoipa::path(get, path = "/api/v1/items/{code}/versions", tag = "drafts", params(("code" = String, Path)),
    responses((status = 200, body = Vec<Publication>), (status = 404, body = Problem)))]
pub async fn versions(
    State(state): State<AppState>,
    staff: Staff,
    Path(code): Path<String>,
) -> Result<axum::Json<Vec<Publication>>, ApiError> {
    staff.administrator()?;
    let versions = store::drafts::publications(&state.store, &code).await?;
    if versions.is_empty() { Err(ApiError::new(Code::UnknownItem)) } else { Ok(axum::Json(versions)) }
}
