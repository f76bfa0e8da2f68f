//! Papers over HTTP: listed and printed by staff; opened by whoever has the receipt's code.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use notices::NoticeError;
use protocol::case::IssuedNotice;
use protocol::problem::{Code, Problem};
use sqlx::AnyConnection;

use super::compose::{Parts, compose, issued};
use super::number;
use crate::AppState;
use crate::cases::reading;
use crate::cases::view;
use crate::http::asker::Staff;
use crate::http::problem::ApiError;
use crate::store::cases::CaseRow;
use crate::store::halls;
use crate::store::notices::{self as rows, NoticeRow};

/// A case's papers, the first first.
#[utoipa::path(get, path = "/api/v1/cases/{case_no}/notices", tag = "cases", params(("case_no" = String, Path)),
    responses((status = 200, body = Vec<IssuedNotice>), (status = 404, body = Problem)))]
pub async fn of_case(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
) -> Result<Json<Vec<IssuedNotice>>, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let case = reading::visible(&mut connection, &case_no, staff.user()).await?;
    let papers = rows::of_case(&mut connection, &case_no).await?;
    Ok(Json(papers.iter().map(|row| listed(row, &case, &state.settings.public_url)).collect()))
}

/// A paper as PDF.
#[utoipa::path(get, path = "/api/v1/cases/{case_no}/notices/{serial}", tag = "cases",
    params(("case_no" = String, Path), ("serial" = i64, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem)))]
pub async fn pdf(
    State(state): State<AppState>,
    Path((case_no, serial)): Path<(String, i64)>,
    staff: Staff,
) -> Result<Response, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let case = reading::visible(&mut connection, &case_no, staff.user()).await?;
    printed(&state, &mut connection, &case, serial).await
}

/// One of a case's papers as an answer.
pub async fn printed(
    state: &AppState,
    connection: &mut AnyConnection,
    case: &CaseRow,
    serial: i64,
) -> Result<Response, ApiError> {
    let papers = rows::of_case(connection, &case.case.case_no).await?;
    let row = papers.into_iter().find(|row| row.serial == serial).ok_or_else(|| ApiError::new(Code::NotFound))?;
    let bytes = set(state, connection, case, &row).await?;
    let name = format!("inline; filename=\"{}-{:02}-{}.pdf\"", row.case_no, row.serial, issued(&row));
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// A paper's bytes: the same whenever it is printed.
pub async fn set(
    state: &AppState,
    connection: &mut AnyConnection,
    case: &CaseRow,
    row: &NoticeRow,
) -> Result<Vec<u8>, ApiError> {
    let item = view::item(state, connection, case).await?;
    let names = view::Names::read(connection).await?;
    let hall = halls::one(connection, &row.hall).await?.ok_or_else(|| ApiError::new(Code::UnknownHall))?;
    let notice = compose(&Parts {
        row,
        case,
        item: &item,
        department: names.department(&case.case.department),
        hall: &hall,
        settings: &state.settings.notices,
        public_url: &state.settings.public_url,
    });
    state.printing.pdf(notice, state.settings.notices.fonts.clone()).await.map_err(|error| unprinted(&error))
}

fn unprinted(error: &NoticeError) -> ApiError {
    tracing::error!(error = error as &dyn std::error::Error, "a paper could not be set");
    let detail = error.to_string();
    match error {
        NoticeError::NoChineseFont { .. } => ApiError::new(Code::Internal)
            .detail("服务器没有中文字体，不能生成文书", "The server has no Chinese font to set papers with"),
        _ => ApiError::new(Code::Internal).detail(format!("文书不能生成：{detail}"), detail),
    }
}

/// A paper in a list.
pub fn listed(row: &NoticeRow, case: &CaseRow, public_url: &str) -> IssuedNotice {
    IssuedNotice {
        serial: row.serial,
        number: number(row),
        kind: row.facts.kind().to_owned(),
        name: row.facts.name(),
        issued_at: row.issued_at,
        standing: row.facts.standing(&case.case),
        verify_url: format!("{public_url}/n/{}", row.code),
    }
}
