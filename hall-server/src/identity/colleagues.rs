//! The colleagues of one's own department: whom a case can be passed on to, or who can be asked.

use axum::Json;
use axum::extract::State;
use protocol::staff::{Colleague, Role};

use crate::AppState;
use crate::http::asker::Staff;
use crate::http::problem::ApiError;
use crate::store::identity;

/// Active reviewers, signers and leaders of the asker's own department, the asker left out. Nobody for whoever has no department.
#[utoipa::path(get, path = "/api/v1/colleagues", tag = "identity",
    responses((status = 200, body = Vec<Colleague>), (status = 401, body = protocol::problem::Problem)))]
pub async fn list(State(state): State<AppState>, staff: Staff) -> Result<Json<Vec<Colleague>>, ApiError> {
    let Some(department) = &staff.user().department else { return Ok(Json(Vec::new())) };
    let own = &staff.user().username;
    let of_department = identity::of_department(&state.store, department).await?;
    let may_be_asked = |roles: &[Role]| roles.iter().any(|r| matches!(r, Role::Reviewer | Role::Signer | Role::Leader));
    let colleagues = of_department
        .into_iter()
        .filter(|user| user.username != *own && may_be_asked(&user.roles))
        .map(|user| Colleague { username: user.username, name: user.name, roles: user.roles })
        .collect();
    Ok(Json(colleagues))
}
