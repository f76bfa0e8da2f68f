//! Signing in and out.

use axum::extract::State;
use axum::http::StatusCode;
use protocol::Millis;
use protocol::problem::Code;
use protocol::staff::{Session, SignIn, User};

use super::secrets;
use crate::AppState;
use crate::http::asker::{Bearer, Staff};
use crate::http::body::Json;
use crate::http::problem::ApiError;
use crate::store::identity;

/// How long a session lasts: a working day with its margins.
const SESSION: Millis = 12 * 3600 * 1000;

/// Sign in with user name and password.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "identity", request_body = SignIn,
    responses((status = 201, body = Session), (status = 401, body = protocol::problem::Problem)))]
pub async fn sign_in(
    State(state): State<AppState>,
    Json(sign_in): Json<SignIn>,
) -> Result<(StatusCode, axum::Json<Session>), ApiError> {
    Ok((StatusCode::CREATED, axum::Json(begin(&state, sign_in).await?)))
}

/// Begins a session where name and password fit.
pub async fn begin(state: &AppState, sign_in: SignIn) -> Result<Session, ApiError> {
    let account = identity::user(&state.store, sign_in.username.trim()).await?;
    // An unknown name costs as much time as a wrong password, so that names cannot be found by timing.
    let stored = account.as_ref().map_or_else(|| state.unknown_user_hash.clone(), |a| a.password_hash.clone().into());
    let fits = {
        let _turn = state.password_checks.acquire().await.map_err(|_| ApiError::new(Code::Busy))?;
        tokio::task::spawn_blocking(move || secrets::password_fits(&sign_in.password, &stored))
            .await
            .map_err(|_| ApiError::new(Code::Internal))?
    };
    let Some(account) = account.filter(|a| fits && a.active) else {
        return Err(ApiError::new(Code::WrongPassword));
    };
    let token = secrets::token().map_err(no_randomness)?;
    let now = state.clock.now();
    let expires_at = now + SESSION;
    let mut tx = state.store.begin_write().await?;
    identity::add_session(&mut tx, &secrets::token_hash(&token), &account.user.username, now, expires_at).await?;
    tx.commit().await?;
    Ok(Session { token, user: account.user, expires_at })
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/sessions/current", tag = "identity",
    responses((status = 200, body = User), (status = 401, body = protocol::problem::Problem)))]
pub async fn current(staff: Staff) -> axum::Json<User> {
    axum::Json(staff.user().clone())
}

/// Sign out.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "identity",
    responses((status = 204), (status = 401, body = protocol::problem::Problem)))]
pub async fn sign_out(
    State(state): State<AppState>,
    Bearer(token): Bearer,
    _staff: Staff,
) -> Result<StatusCode, ApiError> {
    end(&state, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a session at once.
pub async fn end(state: &AppState, token: &str) -> Result<(), ApiError> {
    let mut tx = state.store.begin_write().await?;
    identity::end_session(&mut tx, &secrets::token_hash(token)).await?;
    tx.commit().await?;
    state.directory.forget(token);
    Ok(())
}

pub(crate) fn no_randomness(error: getrandom::Error) -> ApiError {
    tracing::error!(%error, "the system gave no random bytes");
    ApiError::new(Code::Internal)
}
