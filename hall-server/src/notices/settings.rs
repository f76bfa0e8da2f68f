//! What papers say that is neither the case's nor the law's to fix in a program: where a decision may be challenged and how long.

use std::path::{Path, PathBuf};

use protocol::catalogue::Text;
use serde::Deserialize;

/// Remedies (救济途径) and fonts, as an operator sets them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticeSettings {
    /// 行政复议机关
    pub review_authority: Text,
    /// Natural days within which review is applied for.
    pub review_days: u32,
    /// 有管辖权的人民法院
    pub court: Text,
    /// Months within which a court is turned to.
    pub court_months: u32,
    /// A folder with further fonts.
    pub fonts: Option<PathBuf>,
}

impl Default for NoticeSettings {
    /// 行政复议法 20: sixty days; 行政诉讼法 46: six months.
    fn default() -> Self {
        NoticeSettings {
            review_authority: Text::new("本级人民政府", "the people's government of the district"),
            review_days: 60,
            court: Text::new("有管辖权的人民法院", "the people's court that has jurisdiction"),
            court_months: 6,
            fonts: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum NoticeSettingsError {
    #[error("{path} cannot be read")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} does not have the form of settings for papers")]
    Form { path: PathBuf, source: Box<toml::de::Error> },
}

impl NoticeSettings {
    /// Reads a TOML file; what it does not name stays as it is by default.
    pub fn read(path: &Path) -> Result<Self, NoticeSettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| NoticeSettingsError::Read { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|source| NoticeSettingsError::Form { path: path.to_owned(), source: Box::new(source) })
    }
}
