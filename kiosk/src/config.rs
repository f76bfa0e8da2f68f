//! The configuration file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hardware::Language;
use hardware::printer::{Connection, Profile};
use serde::Deserialize;

/// What the kiosk needs to know at start. `kiosk.example.toml` explains every line.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The hall server's address, such as `http://10.0.0.5:8080`.
    pub server: String,
    /// The hall's code.
    pub hall: String,
    /// The device token that the server knows this kiosk by.
    pub token: String,
    #[serde(default)]
    pub language: Language,
    /// Seconds without a touch until the kiosk returns to its first page.
    #[serde(default = "sixty")]
    pub idle_seconds: u64,
    /// Where the ticket journal and the catalogue's copy are kept.
    pub data_dir: PathBuf,
    #[serde(default)]
    pub window: WindowSize,
    #[serde(default)]
    pub printer: Option<PrinterLine>,
    #[serde(default)]
    pub id_reader: Option<SerialLine>,
    #[serde(default)]
    pub scanner: Option<SerialLine>,
}

impl std::fmt::Debug for Config {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("server", &self.server).field("hall", &self.hall).finish_non_exhaustive()
    }
}

/// Pixels.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WindowSize {
    pub width: u32,
    pub height: u32,
    pub fullscreen: bool,
}

impl Default for WindowSize {
    fn default() -> Self {
        WindowSize { width: 1080, height: 1920, fullscreen: false }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterLine {
    pub connection: Connection,
    #[serde(default)]
    pub profile: Profile,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SerialLine {
    /// A serial port; for the scanner also `keyboard`.
    pub port: String,
    #[serde(default)]
    pub baud: Option<u32>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {path}: {cause}", path = .path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("the configuration {path} is not valid: {cause}", path = .path.display())]
    Parse { path: PathBuf, cause: Box<toml::de::Error> },
    #[error("the configuration {path} is not valid: {what}", path = .path.display())]
    Value { path: PathBuf, what: &'static str },
}

fn sixty() -> u64 {
    60
}

impl Config {
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Read { path: path.to_owned(), cause })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config: Config = toml::from_str(text)
            .map_err(|cause| ConfigError::Parse { path: path.to_owned(), cause: Box::new(cause) })?;
        let wrong = |what| Err(ConfigError::Value { path: path.to_owned(), what });
        if config.idle_seconds < 15 {
            return wrong("idle_seconds must be 15 or more, of which the last 10 are the countdown");
        }
        if config.window.width < 800 || config.window.height < 800 {
            return wrong("window width and height must be 800 pixels or more");
        }
        if !config.server.starts_with("http://") && !config.server.starts_with("https://") {
            return wrong("server must begin with http:// or https://");
        }
        config.server.truncate(config.server.trim_end_matches('/').len());
        Ok(config)
    }

    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    /// True where the scanner types like a keyboard.
    pub fn scanner_is_keyboard(&self) -> bool {
        self.scanner.as_ref().is_some_and(|scanner| scanner.port == "keyboard")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("kiosk.toml"))
    }

    #[test]
    fn the_example_is_a_whole_configuration() {
        let config = parse(include_str!("../kiosk.example.toml")).unwrap();
        assert_eq!(config.hall, "district");
        assert!(config.printer.is_some() && config.id_reader.is_some() && config.scanner.is_some());
    }

    #[test]
    fn every_device_may_be_left_out() {
        let config = parse("server='http://h:1/'\nhall='x'\ntoken='t'\ndata_dir='d'").unwrap();
        assert!(config.printer.is_none() && config.id_reader.is_none() && config.scanner.is_none());
        assert_eq!((config.server.as_str(), config.idle_seconds), ("http://h:1", 60));
        assert_eq!((config.window.width, config.window.height), (1080, 1920));
    }

    #[test]
    fn a_mistake_is_named() {
        let wrong = |text: &str| parse(text).unwrap_err().to_string();
        let good = "server='http://h:1'\nhall='x'\ntoken='t'\ndata_dir='d'\n";
        assert!(wrong(&format!("{good}printr='x'")).contains("printr"));
        assert!(wrong(&format!("{good}idle_seconds=3")).contains("idle_seconds"));
        assert!(wrong(&format!("{good}[printer]\nconnection='usb:1'")).contains("tcp:"));
        assert!(wrong("hall='x'\ntoken='t'\ndata_dir='d'").contains("server"));
    }

    #[test]
    fn the_token_stays_out_of_logs() {
        let config = parse("server='http://h:1'\nhall='x'\ntoken='geheim'\ndata_dir='d'").unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
    }
}
