//! The hall board's page.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hardware::speech::SpokenLanguage;
use serde::Deserialize;

use super::frame::{Frame, language, page};
use super::speech::Speech;
use super::view::board::{BoardPage, Speaking};
use crate::AppState;
use crate::http::problem::ApiError;

/// The most often that one call is spoken.
const MOST_REPEATS: u8 = 4;

/// How the board is set up, in its address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Setting {
    /// Languages to speak, in order: `cmn,yue,en`; `none` for a silent board. Mandarin where it is left out.
    speak: Option<String>,
    /// How often each call is spoken; twice where it is left out.
    repeat: Option<String>,
}

/// `GET /halls/{hall}/board`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(speech): Extension<Arc<Speech>>,
    Path(hall): Path<String>,
    Query(setting): Query<Setting>,
    uri: Uri,
) -> Result<Response, ApiError> {
    // The board's readers are in the hall, so the browser's own language says nothing: Chinese unless the address asks.
    let frame = Frame::new(language(&uri, &HeaderMap::new()), uri.path());
    let (snapshot, sample) = {
        let hall = state.engine.hall(&hall).await?;
        let sample = hall.offers.values().any(|offered| offered.item.sample);
        (hall.snapshot(state.clock.now(), &state.engine.calendar()), sample)
    };
    let voices = speech.languages(&state).await;
    page(&BoardPage::new(frame, &snapshot, sample, speaking(&setting, &voices)))
}

fn speaking(setting: &Setting, voices: &[&'static str]) -> Speaking {
    let asked = setting.speak.as_deref().unwrap_or("cmn");
    let speak: Vec<&str> = asked.split(',').map(str::trim).filter(|l| l.parse::<SpokenLanguage>().is_ok()).collect();
    let repeat = setting.repeat.as_deref().and_then(|r| r.parse().ok()).unwrap_or(2);
    Speaking { speak: speak.join(" "), voices: voices.join(" "), repeat: u8::clamp(repeat, 1, MOST_REPEATS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_speaks_mandarin_twice_unless_its_address_says_otherwise() {
        let speak = |speak: Option<&str>, repeat: Option<&str>| {
            let setting = Setting { speak: speak.map(str::to_owned), repeat: repeat.map(str::to_owned) };
            let speaking = speaking(&setting, &["cmn"]);
            (speaking.speak, speaking.repeat)
        };
        assert_eq!(speak(None, None), ("cmn".into(), 2));
        assert_eq!(speak(Some("cmn,yue, en,xx"), Some("3")), ("cmn yue en".into(), 3));
        assert_eq!(speak(Some("none"), Some("0")), (String::new(), 1));
        assert_eq!(speak(None, Some("many")), ("cmn".into(), 2));
        assert_eq!(speak(None, Some("200")), ("cmn".into(), MOST_REPEATS));
    }
}
