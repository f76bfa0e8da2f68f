//! Style sheets, scripts and the icon: inside the program, under names that hold their content's hash, so that they may be cached for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use protocol::problem::Code;
use sha2::{Digest, Sha256};

use crate::http::problem::ApiError;

const THEME: &str = include_str!("../../../design/theme.css");
const STYLES: &[&str] = &[
    include_str!("../../static/base.css"),
    include_str!("../../static/board.css"),
    include_str!("../../static/phone.css"),
    include_str!("../../static/prepare.css"),
    include_str!("../../static/supervisor.css"),
    include_str!("../../static/items.css"),
    include_str!("../../static/supervision.css"),
];

/// The files' addresses, as templates write them.
#[derive(Debug, Clone, Copy)]
pub struct Assets;

struct Asset {
    path: String,
    media_type: &'static str,
    body: String,
}

struct All {
    style: Asset,
    icon: Asset,
    live: Asset,
    board: Asset,
    follow: Asset,
    prepare: Asset,
    supervisor: Asset,
}

static ALL: LazyLock<All> = LazyLock::new(|| All {
    style: asset("hall", "css", "text/css; charset=utf-8", with_theme(&STYLES.concat())),
    icon: asset("icon", "svg", "image/svg+xml", include_str!("../../static/icon.svg").to_owned()),
    live: script("live", include_str!("../../static/live.js")),
    board: script("board", include_str!("../../static/board.js")),
    follow: script("follow", include_str!("../../static/follow.js")),
    prepare: script("prepare", include_str!("../../static/prepare.js")),
    supervisor: script("supervisor", include_str!("../../static/supervisor.js")),
});

impl Assets {
    pub fn style(self) -> &'static str {
        &ALL.style.path
    }

    pub fn icon(self) -> &'static str {
        &ALL.icon.path
    }

    pub fn live(self) -> &'static str {
        &ALL.live.path
    }

    pub fn board(self) -> &'static str {
        &ALL.board.path
    }

    pub fn follow(self) -> &'static str {
        &ALL.follow.path
    }

    pub fn prepare(self) -> &'static str {
        &ALL.prepare.path
    }

    pub fn supervisor(self) -> &'static str {
        &ALL.supervisor.path
    }
}

fn script(name: &str, body: &str) -> Asset {
    asset(name, "js", "text/javascript; charset=utf-8", body.to_owned())
}

fn asset(name: &str, extension: &str, media_type: &'static str, body: String) -> Asset {
    let mut hash = String::new();
    for byte in Sha256::digest(body.as_bytes()).iter().take(6) {
        // Writing to a String cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    Asset { path: format!("/static/{name}-{hash}.{extension}"), media_type, body }
}

/// Puts the theme's values in the places of their names: phones of 2016 know no custom properties.
fn with_theme(style: &str) -> String {
    let mut style = style.to_owned();
    for (name, value) in theme_values(THEME) {
        style = style.replace(&format!("var({name})"), value);
    }
    style
}

/// `--name: value;` pairs of the design system.
fn theme_values(theme: &str) -> impl Iterator<Item = (&str, &str)> {
    theme.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_suffix(';')?.split_once(':')?;
        name.starts_with("--").then(|| (name, value.trim()))
    })
}

/// `GET /static/{file}`.
pub(super) async fn serve(Path(file): Path<String>) -> Response {
    let all = [&ALL.style, &ALL.icon, &ALL.live, &ALL.board, &ALL.follow, &ALL.prepare, &ALL.supervisor];
    match all.into_iter().find(|asset| asset.path.strip_prefix("/static/") == Some(&file)) {
        Some(asset) => (
            [(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            asset.body.as_str(),
        )
            .into_response(),
        None => ApiError::new(Code::NotFound).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_leaves_no_custom_property_to_the_browser() {
        assert!(!ALL.style.body.contains("var("), "a name that the theme does not define");
        assert!(ALL.style.body.contains("#0b4a6b"));
    }

    #[test]
    fn the_pages_and_the_slint_programs_share_their_colours() {
        let slint = include_str!("../../../design/theme.slint");
        let colours: Vec<_> = theme_values(THEME).filter(|(_, value)| value.starts_with('#')).collect();
        assert!(colours.len() >= 16);
        for (name, value) in colours {
            let property = format!("<color> {}: {value};", name.trim_start_matches('-'));
            assert!(slint.contains(&property), "theme.slint lacks {property}");
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for asset in [&ALL.style, &ALL.live, &ALL.board, &ALL.follow, &ALL.prepare, &ALL.supervisor] {
            assert!(!asset.body.contains("http://") && !asset.body.contains("https://"), "{}", asset.path);
        }
    }

    #[test]
    fn scripts_keep_to_what_a_phone_of_2016_understands() {
        for asset in [&ALL.live, &ALL.follow, &ALL.prepare] {
            for word in ["=>", "let ", "const ", "`", "async ", "fetch(", "?.", "..."] {
                assert!(!asset.body.contains(word), "{} uses {word}", asset.path);
            }
        }
    }
}
