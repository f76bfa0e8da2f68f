//! The spoken call: recorded clips put together for one call, as the board plays it.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hardware::speech::{Call, SpokenLanguage, Voice, VoiceError};
use protocol::event::Change;
use protocol::problem::Code;
use serde::Deserialize;

use crate::AppState;
use crate::engine::pushes;
use crate::http::problem::ApiError;
use crate::store::events;

/// How many mixed calls are kept: those that the boards of a busy hall ask for at about the same time.
const KEPT: usize = 64;

/// What a mixed call sounds like depends on these alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spoken {
    language: SpokenLanguage,
    call: Call,
}

/// The voices in use and the calls mixed lately, so that several boards do not mix the same one.
#[derive(Debug, Default)]
pub(super) struct Speech {
    voices: Mutex<HashMap<SpokenLanguage, Arc<Voice>>>,
    mixed: Mutex<VecDeque<(Spoken, Bytes)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Speech {
    /// The codes of the languages that there is a whole voice for.
    pub(super) async fn languages(&self, state: &AppState) -> Vec<&'static str> {
        let mut found = Vec::new();
        for language in SpokenLanguage::ALL {
            if self.voice(state, language).await.is_some() {
                found.push(language.code());
            }
        }
        found
    }

    /// A language's voice from the voice folder; `None` where there is none, or where clips are missing.
    async fn voice(&self, state: &AppState, language: SpokenLanguage) -> Option<Arc<Voice>> {
        let folder: PathBuf = state.settings.voice.clone()?;
        if let Some(voice) = lock(&self.voices).get(&language) {
            return Some(voice.clone());
        }
        let loaded = tokio::task::spawn_blocking(move || Voice::load(&folder, language)).await.ok()?;
        match loaded {
            Ok(voice) => {
                let voice = Arc::new(voice);
                lock(&self.voices).insert(language, voice.clone());
                Some(voice)
            }
            Err(error) => {
                tracing::warn!(language = language.code(), %error, "calls are not spoken in this language");
                None
            }
        }
    }

    async fn wav(&self, state: &AppState, spoken: Spoken) -> Result<Bytes, ApiError> {
        if let Some((_, wav)) = lock(&self.mixed).iter().find(|(kept, _)| *kept == spoken) {
            return Ok(wav.clone());
        }
        let voice = self.voice(state, spoken.language).await.ok_or_else(no_voice)?;
        let call = spoken.call.clone();
        let mixed = tokio::task::spawn_blocking(move || Ok::<_, VoiceError>(voice.speak(&call)?.to_bytes()));
        let wav: Bytes = match mixed.await {
            Ok(Ok(wav)) => wav.into(),
            Ok(Err(error)) => {
                tracing::warn!(%error, "a call could not be spoken");
                return Err(no_voice());
            }
            Err(_) => return Err(ApiError::new(Code::Internal)),
        };
        let mut mixed = lock(&self.mixed);
        if mixed.len() == KEPT {
            mixed.pop_front();
        }
        mixed.push_back((spoken, wav.clone()));
        Ok(wav)
    }
}

fn no_voice() -> ApiError {
    ApiError::new(Code::NotFound).detail("没有安装这种语言的语音", "No voice is installed for this language")
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
}

/// `GET /halls/{hall}/speech/{turn}.wav?lang=cmn|yue|en`: the call that is the hall's event of this turn.
pub(super) async fn call(
    State(state): State<AppState>,
    Extension(speech): Extension<Arc<Speech>>,
    Path((hall, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let turn = file.strip_suffix(".wav").and_then(|turn| turn.parse().ok()).ok_or(ApiError::new(Code::NotFound))?;
    let language = match asked.lang.as_deref() {
        None => SpokenLanguage::Mandarin,
        Some(code) => code.parse().map_err(|_| no_voice())?,
    };
    let call = called(&state, &hall, turn).await?;
    let wav = speech.wav(&state, Spoken { language, call }).await?;
    Ok(([(header::CONTENT_TYPE, "audio/wav"), (header::CACHE_CONTROL, "private, max-age=600")], wav).into_response())
}

/// The call that is a hall's event of this turn.
async fn called(state: &AppState, hall: &str, turn: i64) -> Result<Call, ApiError> {
    let no_such_call = || ApiError::new(Code::NotFound).detail("没有这次叫号", "There is no such call");
    let before = turn.checked_sub(1).ok_or_else(no_such_call)?;
    let mut connection = state.store.reader().acquire().await?;
    let event = events::after(&mut connection, hall, before, 1).await?.into_iter().next();
    let change = event.filter(|e| e.draft.turn == turn).and_then(|e| pushes::replayed(&e)).map(|push| push.change);
    match change {
        Some(Change::TicketCalled { number, window, .. }) => {
            Ok(Call::new(number, u32::try_from(window).map_err(|_| no_such_call())?))
        }
        _ => Err(no_such_call()),
    }
}
