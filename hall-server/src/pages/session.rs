//! Signing in to the supervisor's and the administrator's pages. The session is the identity room's own; the browser holds its token in a cookie
//! that scripts cannot read and other sites cannot send.

use axum::extract::{Form, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use protocol::problem::Code;
use protocol::staff::{Role, SignIn, User};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::frame::{Frame, language, page};
use super::view::index::SignInPage;
use super::view::supervisor::Viewer;
use crate::AppState;
use crate::http::problem::ApiError;
use crate::identity::directory::Asker;
use crate::identity::sessions;

const COOKIE: &str = "hall_session";

/// Where the browser shows the cookie: to the pages behind a session, and no others.
const PATHS: [&str; 2] = ["/supervisor", "/admin"];

/// A person who may see every hall, by the cookie; `None` for everybody else.
#[derive(Debug, Clone)]
pub(super) struct Supervisor {
    pub user: User,
    pub token: String,
}

#[derive(Debug)]
pub(super) struct MaybeSupervisor(pub Option<Supervisor>);

impl FromRequestParts<AppState> for MaybeSupervisor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Some(token) = cookie(&parts.headers) else { return Ok(MaybeSupervisor(None)) };
        Ok(MaybeSupervisor(supervisor(state, token).await?))
    }
}

/// The form to sign in, for whoever asked for a page behind a session; it leads back there.
pub(super) fn sign_in_first(parts: &Parts) -> Response {
    let frame = Frame::new(language(&parts.uri, &parts.headers), parts.uri.path());
    let to = frame.path.clone();
    page(&SignInPage { frame, message: String::new(), username: String::new(), to }).into_response()
}

/// Whoever holds the token, where they may supervise.
pub(super) async fn supervisor(state: &AppState, token: &str) -> Result<Option<Supervisor>, ApiError> {
    let asker = state.directory.asker(token).await?;
    Ok(match asker.as_deref() {
        Some(Asker::Staff(user)) if may_supervise(user) => {
            Some(Supervisor { user: user.clone(), token: token.to_owned() })
        }
        _ => None,
    })
}

fn may_supervise(user: &User) -> bool {
    user.roles.iter().any(|role| matches!(role, Role::Supervisor | Role::Administrator))
}

impl Supervisor {
    pub(super) fn may_edit_items(&self) -> bool {
        self.user.roles.contains(&Role::Administrator)
    }

    /// Whether a form was made for this session, by this server's own page.
    pub(super) fn sent(&self, headers: &HeaderMap, csrf_of_form: &str) -> bool {
        from_own_page(headers) && csrf_of_form == csrf(&self.token)
    }

    pub(super) fn viewer(&self) -> Viewer {
        Viewer { name: self.user.name.clone(), csrf: csrf(&self.token) }
    }
}

/// What a form carries to show that it was made for this session: nobody can guess it, and the session does not follow from it.
fn csrf(token: &str) -> String {
    crate::hex(&Sha256::digest(format!("form:{token}")))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .filter(|token| !token.is_empty())
}

/// Whether a form was sent from this server's own page. A browser says so in one of two headers; what says nothing is no browser of
/// another site's page.
fn from_own_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text("host"),
        (None, None) => true,
    }
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    username: String,
    password: String,
    /// The page to go to.
    #[serde(default)]
    to: String,
}

/// The page asked for, where it is one behind the session; else the supervisor's first.
fn destination(to: &str) -> &str {
    let plain = to.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'%'));
    if (to.starts_with("/admin/") || to.starts_with("/supervisor/")) && plain { to } else { "/supervisor" }
}

/// `POST /supervisor/sign-in`.
pub(super) async fn sign_in(
    State(state): State<AppState>,
    frame: Frame,
    headers: HeaderMap,
    Form(credentials): Form<Credentials>,
) -> Result<Response, ApiError> {
    let w = frame.w;
    let username = credentials.username.clone();
    let to = credentials.to.clone();
    let again = |status: StatusCode, message: &str| {
        let form = page(&SignInPage {
            frame: frame.clone(),
            message: message.to_owned(),
            username: username.clone(),
            to: to.clone(),
        })?;
        Ok((status, form).into_response())
    };
    if !from_own_page(&headers) {
        return again(StatusCode::FORBIDDEN, w.sign_in_foreign());
    }
    let session = match sessions::begin(
        &state,
        SignIn { username: credentials.username, password: credentials.password },
    )
    .await
    {
        Ok(session) => session,
        Err(error) if error.code == Code::WrongPassword => {
            return again(StatusCode::UNAUTHORIZED, w.sign_in_wrong());
        }
        Err(error) => return Err(error),
    };
    if !may_supervise(&session.user) {
        sessions::end(&state, &session.token).await?;
        return again(StatusCode::FORBIDDEN, w.sign_in_not_allowed());
    }
    let seconds = (session.expires_at - state.clock.now()).max(0) / 1000;
    let secure = if state.settings.public_url.starts_with("https://") { "; Secure" } else { "" };
    let mut response = Redirect::to(&format!("{}?lang={}", destination(&credentials.to), w.code())).into_response();
    for path in PATHS {
        let cookie =
            format!("{COOKIE}={}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", session.token);
        let cookie = HeaderValue::from_str(&cookie).map_err(|_| ApiError::new(Code::Internal))?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct SignOut {
    csrf: String,
}

/// `POST /supervisor/sign-out`.
pub(super) async fn sign_out(
    State(state): State<AppState>,
    MaybeSupervisor(supervisor): MaybeSupervisor,
    frame: Frame,
    Form(form): Form<SignOut>,
) -> Result<Response, ApiError> {
    if let Some(supervisor) = supervisor {
        if form.csrf != csrf(&supervisor.token) {
            return Err(ApiError::new(Code::Forbidden));
        }
        sessions::end(&state, &supervisor.token).await?;
    }
    let mut response = Redirect::to(&format!("/supervisor?lang={}", frame.w.code())).into_response();
    for path in PATHS {
        let gone = format!("{COOKIE}=; Path={path}; Max-Age=0; HttpOnly; SameSite=Strict");
        let gone = HeaderValue::from_str(&gone).map_err(|_| ApiError::new(Code::Internal))?;
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        assert_eq!(cookie(&headers(&[("cookie", "a=b; hall_session=T0k; c=d")])), Some("T0k"));
        assert_eq!(cookie(&headers(&[("cookie", "hall_session=")])), None);
        assert_eq!(cookie(&headers(&[("cookie", "hall_session_x=T")])), None);
        assert_eq!(cookie(&headers(&[])), None);
    }

    #[test]
    fn signing_in_leads_to_the_page_that_was_asked_for_and_never_elsewhere() {
        assert_eq!(destination("/admin/items/A-1"), "/admin/items/A-1");
        assert_eq!(destination("/supervisor/signals/7"), "/supervisor/signals/7");
        assert_eq!(destination("/admin/items/%E4%BA%8B"), "/admin/items/%E4%BA%8B");
        for elsewhere in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/admin/",
            "/admin/\r\nx: y",
            "/admin/items?lang=en",
            "/admin",
        ] {
            assert_eq!(destination(elsewhere), "/supervisor", "{elsewhere}");
        }
    }

    #[test]
    fn a_form_on_another_site_is_not_our_own() {
        assert!(from_own_page(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!from_own_page(&headers(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://hall"),
            ("host", "hall")
        ])));
        assert!(from_own_page(&headers(&[("origin", "http://hall:8080"), ("host", "hall:8080")])));
        assert!(!from_own_page(&headers(&[("origin", "http://evil.example"), ("host", "hall:8080")])));
        assert!(!from_own_page(&headers(&[("origin", "null"), ("host", "hall:8080")])));
    }
}
