//! The editor of one item: its form is sent as a whole with every button, and saved as the draft before anything else is done.

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use protocol::catalogue::Text;
use protocol::draft::{Draft, DraftProblem, DraftState, SaveDraft};
use protocol::problem::Code;
use serde::Deserialize;

use super::form::{Sent, Unread, apply};
use super::page::{Asked, Edited, page};
use super::{Administrator, path};
use crate::AppState;
use crate::catalogue::difference;
use crate::catalogue::drafts::{self as room, DraftError, Editor};
use crate::http::problem::ApiError;
use crate::pages::frame::{Frame, page as rendered};
use crate::pages::session::Supervisor;
use crate::pages::view::items::edit::{EditPage, Notice, PublishPage};
use crate::pages::view::items::versions;
use crate::pages::words::Words;

/// `GET /admin/items/{code}`, with answers to try as `answer.KEY=CHOICE`.
pub(super) async fn show(
    State(state): State<AppState>,
    Administrator(asker): Administrator,
    Path(code): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let mut asked = Asked::default();
    for (name, value) in pairs {
        match name.as_str() {
            "compare" => asked.compare = value.parse().ok(),
            "new" => asked.new = true,
            "done" => asked.notice = done(&value, frame.w),
            name => {
                if let Some(key) = name.strip_prefix("answer.").filter(|_| !value.is_empty()) {
                    asked.answers.insert(key.to_owned(), value);
                }
            }
        }
    }
    rendered(&page(&state, frame, &asker, &code, None, asked).await?)
}

/// What was done before the page was asked for anew.
fn done(what: &str, w: Words) -> Notice {
    let good = |text: String| Notice { kind: "good", text };
    match what.split_once(':').unwrap_or((what, "")) {
        ("saved", _) => good(w.saved().to_owned()),
        ("checked", _) => good(w.checked_good().to_owned()),
        ("unchecked", _) => Notice { kind: "bad", text: w.check_first().to_owned() },
        ("refused", _) => Notice { kind: "bad", text: w.checked_bad().to_owned() },
        ("published", version) if version.bytes().all(|b| b.is_ascii_digit()) => {
            good(format!("{} {version} {}", w.published_as(), w.published_suffix()))
        }
        _ => Notice::default(),
    }
}

/// `POST /admin/items/{code}`: saves the form as the draft, and does what the button says.
pub(super) async fn edit(
    State(state): State<AppState>,
    Administrator(asker): Administrator,
    Path(code): Path<String>,
    frame: Frame,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    let sent = Sent::new(pairs);
    if !asker.sent(&headers, sent.field("csrf")) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let action = sent.field("action").to_owned();
    let revision: i64 = sent.field("revision").parse().unwrap_or(0);
    let edited = Edited::load(&state, &code).await?;
    let (mut item, unread) = sent.item(&edited.item(&code));
    if !unread.is_empty() {
        let problems = unread.iter().map(not_read).collect();
        let asked = Asked { notice: Notice { kind: "bad", text: frame.w.not_saved().to_owned() }, ..Asked::default() };
        return refused(&page(&state, frame, &asker, &code, Some((item, revision, problems)), asked).await?);
    }
    apply(&mut item, &action);
    let editor = Editor { username: &asker.user.username, now: state.clock.now() };
    // A draft that the form does not change keeps its state: one that was checked can be published.
    let draft = match &edited.draft {
        Some(draft)
            if draft.revision == revision
                && difference::between(&draft.item, &item).is_empty()
                && draft.item == item =>
        {
            draft.clone()
        }
        _ => match room::save(&state.store, &code, SaveDraft { revision, item: item.clone() }, editor).await {
            Ok(draft) => draft,
            Err(DraftError::Changed { .. } | DraftError::NoDraft(_)) => {
                let typed = Some((item, revision, Vec::new()));
                return refused(&page(&state, frame, &asker, &code, typed, Asked::default()).await?);
            }
            Err(error) => return Err(error.into()),
        },
    };
    let to = |query: &str, anchor: &str| {
        let address = format!("/admin/items/{}{query}{anchor}", path(&code));
        Ok(Redirect::to(&address).into_response())
    };
    let lang = frame.w.code();
    match action.split_once(':') {
        None if action == "check" => {
            let draft = check(&state, &draft, editor).await?;
            let outcome = if draft.state == DraftState::Checked { "checked" } else { "refused" };
            to(&format!("?lang={lang}&done={outcome}"), "")
        }
        None if action == "publish" => to("/publish", &format!("?lang={lang}")),
        Some((verb, place)) => {
            let list = place.split('.').next().unwrap_or_default();
            // Back to where the button was.
            let anchor = if verb == "remove" || verb == "add" && place.contains('.') { list } else { place };
            to(&format!("?lang={lang}"), &format!("#{anchor}"))
        }
        None => to(&format!("?lang={lang}&done=saved"), ""),
    }
}

async fn check(state: &AppState, draft: &Draft, editor: Editor<'_>) -> Result<Draft, ApiError> {
    Ok(room::check(&state.store, &state.settings.connected, &draft.item.code, draft.revision, editor).await?)
}

fn not_read(unread: &Unread) -> DraftProblem {
    let (zh, en) = (Words::ZH.not_a_number(), Words::EN.not_a_number());
    let reason = Text::new(format!("“{}”{zh}", unread.typed), format!("{:?}: {en}", unread.typed));
    DraftProblem { place: unread.place.clone(), reason }
}

fn refused(page: &EditPage) -> Result<Response, ApiError> {
    let status = if page.conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, rendered(page)?).into_response())
}

/// `GET /admin/items/{code}/publish`: what is about to be published.
pub(super) async fn before_publication(
    State(state): State<AppState>,
    Administrator(asker): Administrator,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let edited = Edited::load(&state, &code).await?;
    let Some(draft) = &edited.draft else { return Err(ApiError::new(Code::UnknownDraft)) };
    if draft.state != DraftState::Checked {
        let address = format!("/admin/items/{}?lang={}&done=unchecked", path(&code), frame.w.code());
        return Ok(Redirect::to(&address).into_response());
    }
    let w = frame.w;
    let standing = edited.standing.as_ref().map(|there| there.content.item.clone()).unwrap_or_default();
    let viewer = asker.viewer();
    rendered(&PublishPage {
        user: viewer.name,
        csrf: viewer.csrf,
        name: draft.item.name.pick(w.english).to_owned(),
        revision: draft.revision,
        next: w.version(draft.base_version + 1),
        changes: versions::changes(difference::between(&standing, &draft.item), w),
        code,
        frame,
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Step {
    csrf: String,
    revision: i64,
    action: String,
}

/// `POST /admin/items/{code}/steps`: publishes, rebases or discards the draft of that revision.
pub(super) async fn step(
    State(state): State<AppState>,
    Administrator(asker): Administrator,
    Path(code): Path<String>,
    frame: Frame,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Result<Response, ApiError> {
    if !asker.sent(&headers, &step.csrf) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let editor = Editor { username: &asker.user.username, now: state.clock.now() };
    let lang = frame.w.code();
    let (store, connected) = (&state.store, &state.settings.connected);
    let outcome = match step.action.as_str() {
        "publish" => room::publish(store, connected, &code, step.revision, editor)
            .await
            .map(|published| format!("/admin/items/{}?lang={lang}&done=published:{}", path(&code), published.version)),
        "rebase" => room::rebase(store, &code, step.revision, editor)
            .await
            .map(|_| format!("/admin/items/{}?lang={lang}&done=saved", path(&code))),
        "discard" => room::discard(store, &code, step.revision).await.map(|()| format!("/admin/items?lang={lang}")),
        _ => return Err(ApiError::new(Code::BadRequest)),
    };
    match outcome {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        // Shown in the editor, beside what stands there now.
        Err(
            error @ (DraftError::Changed { .. }
            | DraftError::Outdated { .. }
            | DraftError::Unchanged(_)
            | DraftError::Unfit(_)),
        ) => show_refusal(&state, frame, &asker, &code, &error).await,
        Err(error) => Err(error.into()),
    }
}

async fn show_refusal(
    state: &AppState,
    frame: Frame,
    asker: &Supervisor,
    code: &str,
    error: &DraftError,
) -> Result<Response, ApiError> {
    let w = frame.w;
    let (status, text) = match error {
        DraftError::Changed { by, .. } => (StatusCode::CONFLICT, format!("{} ({by})", w.conflict_lead())),
        DraftError::Outdated { .. } => (StatusCode::CONFLICT, w.outdated_lead().to_owned()),
        DraftError::Unchanged(_) => (StatusCode::UNPROCESSABLE_ENTITY, w.unchanged().to_owned()),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, w.checked_bad().to_owned()),
    };
    let asked = Asked { notice: Notice { kind: "bad", text }, ..Asked::default() };
    Ok((status, rendered(&page(state, frame, asker, code, None, asked).await?)?).into_response())
}
