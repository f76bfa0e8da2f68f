//! `/n/{code}`: behind the code on a paper. Is it real, and is it still in force? And `/c/{code}/notices/{serial}`: the paper itself,
//! for whoever has the receipt.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::identity::mask_name;
use domain::notices::Standing;
use protocol::problem::Code;

use super::frame::{Frame, page};
use super::view::notice::NoticePage;
use crate::AppState;
use crate::cases::view;
use crate::http::problem::ApiError;
use crate::notices::{http, number};
use crate::store::{StoreError, cases, notices};

/// `GET /n/{code}`.
pub(super) async fn verify(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = notices::by_code(&mut connection, &code).await?.ok_or_else(|| ApiError::new(Code::UnknownNotice))?;
    let case = cases::one(&mut connection, &row.case_no).await?.ok_or_else(|| StoreError::Inconsistent {
        table: "notices",
        row: row.code.clone(),
        what: "its case is not there".to_owned(),
    })?;
    let names = view::Names::read(&mut connection).await?;
    let item = names.item(&state, &mut connection, &case).await?;
    let department = names.department(&case.case.department);
    let standing = row.facts.standing(&case.case);
    let in_force = standing != Standing::Void;
    page(&NoticePage {
        standing: frame.w.notice_standing(standing).to_owned(),
        explained: frame.w.notice_explained(standing).to_owned(),
        in_force,
        name: row.facts.name().pick(frame.w.english).to_owned(),
        number: number(&row),
        issued_at: super::times::moment(row.issued_at, frame.w),
        item: item.pick(frame.w.english).to_owned(),
        department: department.pick(frame.w.english).to_owned(),
        applicant: mask_name(&case.applicant.name),
        case_no: row.case_no.clone(),
        frame,
    })
}

/// `GET /c/{code}/notices/{serial}`.
pub(super) async fn paper(
    State(state): State<AppState>,
    Path((code, serial)): Path<(String, i64)>,
) -> Result<Response, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let case = cases::by_query_code(&mut connection, &code).await?.ok_or_else(|| ApiError::new(Code::UnknownCase))?;
    http::printed(&state, &mut connection, &case, serial).await
}
