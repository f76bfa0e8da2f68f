//! The configuration file of one desk.

use std::path::{Path, PathBuf};

use hardware::printer::{Connection, Profile};
use serde::Deserialize;

use crate::controllers::issued::Kind;

/// What `counter-client --config FILE` reads. An example with comments is `counter-client/desk.example.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The hall server's address, such as `http://10.0.0.5:8080`.
    pub server: String,
    /// The hall's code.
    pub hall: String,
    /// The window's number. A desk of a department's reviewer has none.
    #[serde(default)]
    pub window: Option<i64>,
    #[serde(default)]
    pub language: Language,
    #[serde(default)]
    pub screen: Screen,
    #[serde(default)]
    pub printer: Option<Printer>,
    #[serde(default)]
    pub display: Option<Display>,
    #[serde(default)]
    pub scanner: Option<Scanner>,
    #[serde(default)]
    pub scans: Option<Scans>,
    #[serde(default)]
    pub paper_printer: Option<PaperPrinter>,
    /// The program that shows a PDF, which is its only argument; empty: none.
    #[serde(default = "default_viewer")]
    pub viewer: String,
}

fn default_viewer() -> String {
    "xdg-open".to_owned()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Zh,
    En,
}

/// The program window, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Screen {
    pub width: f32,
    pub height: f32,
    pub fullscreen: bool,
}

impl Default for Screen {
    fn default() -> Self {
        Screen { width: 1366.0, height: 768.0, fullscreen: false }
    }
}

/// The receipt printer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printer {
    /// `tcp:HOST:PORT`, `serial:PATH@BAUD` or `file:PATH`.
    pub connection: Connection,
    /// `epson` prints QR codes itself, `raster` gets them as pictures.
    #[serde(default)]
    pub profile: Profile,
}

/// The window display above the desk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    pub port: PathBuf,
}

/// A scanner for the QR codes of tickets and receipts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// A serial path, or `keyboard` where the scanner types into the search field itself.
    pub port: String,
}

/// Where the document scanner puts its files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scans {
    pub folder: PathBuf,
}

/// The A4 printer for notices (文书).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaperPrinter {
    /// The system's name of the printer; without it the system's own default prints.
    pub name: Option<String>,
    /// The command that prints, with its arguments: `{name}` is the printer's, `{file}` the PDF's path. A command without `{file}`
    /// reads the PDF from its standard input. Without a command `lp` prints.
    pub command: Option<Vec<String>>,
    /// Kinds of notices that are printed by themselves when a step at this desk issues them.
    pub on_step: Vec<Kind>,
}

impl PaperPrinter {
    /// The command with the PDF's path in it; `true` where it reads the PDF from its standard input instead.
    pub fn command(&self, file: &str) -> (Vec<String>, bool) {
        let ours: &[&str] = if self.name.is_some() { &["lp", "-d", "{name}", "{file}"] } else { &["lp", "{file}"] };
        let words: Vec<&str> = match &self.command {
            Some(command) => command.iter().map(String::as_str).collect(),
            None => ours.to_vec(),
        };
        let reads = words.iter().all(|word| !word.contains("{file}"));
        let name = self.name.as_deref().unwrap_or_default();
        (words.iter().map(|word| word.replace("{name}", name).replace("{file}", file)).collect(), reads)
    }
}

/// Why a desk cannot start from its file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {path}: {cause}")]
    Unreadable { path: PathBuf, cause: std::io::Error },
    #[error("the configuration {path} is not valid: {cause}")]
    Invalid { path: PathBuf, cause: Box<toml::de::Error> },
    #[error("the configuration {path} is not valid: server must begin with http:// (it is {server:?})")]
    BadServer { path: PathBuf, server: String },
    #[error("the configuration {path} is not valid: [paper_printer] command {problem}")]
    BadPrintCommand { path: PathBuf, problem: &'static str },
}

impl Config {
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config: Config = toml::from_str(text)
            .map_err(|cause| ConfigError::Invalid { path: path.to_owned(), cause: Box::new(cause) })?;
        let server = config.server.trim_end_matches('/').to_owned();
        if !server.starts_with("http://") {
            return Err(ConfigError::BadServer { path: path.to_owned(), server });
        }
        config.server = server;
        if let Some(printer) = &config.paper_printer
            && let Some(command) = &printer.command
        {
            let bad = |problem| Err(ConfigError::BadPrintCommand { path: path.to_owned(), problem });
            if command.first().is_none_or(|program| program.trim().is_empty()) {
                return bad("names no program");
            }
            if printer.name.is_none() && command.iter().any(|word| word.contains("{name}")) {
                return bad("asks for {name}, and no name is given");
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("desk.toml"))
    }

    #[test]
    fn the_example_file_is_valid() {
        let config = parse(include_str!("../desk.example.toml")).unwrap();
        assert_eq!(config.window, Some(3));
        assert!(config.printer.is_some());
    }

    #[test]
    fn a_reviewers_desk_needs_only_server_and_hall() {
        let config = parse("server = \"http://127.0.0.1:8080/\"\nhall = \"district\"").unwrap();
        assert_eq!(config.server, "http://127.0.0.1:8080");
        assert_eq!((config.window, config.language), (None, Language::Zh));
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_line() {
        let error = parse("server = \"http://h\"\nhall = \"district\"\nwindwo = 3").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("windwo") && text.contains("line 3"), "{text}");
    }

    #[test]
    fn a_printer_that_is_nowhere_is_refused_at_the_start() {
        let text = "server = \"http://h\"\nhall = \"d\"\n[printer]\nconnection = \"parallel:1\"";
        assert!(parse(text).unwrap_err().to_string().contains("must start with tcp:"));
    }

    #[test]
    fn notices_are_printed_by_lp_unless_another_command_is_given() {
        let printer = |text: &str| {
            let server = "server = \"http://h\"\nhall = \"d\"\n[paper_printer]\n";
            parse(&format!("{server}{text}")).map(|config| config.paper_printer.unwrap().command("/tmp/a.pdf"))
        };
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(printer("").unwrap(), (words("lp /tmp/a.pdf"), false));
        assert_eq!(printer("name = \"a4\"").unwrap(), (words("lp -d a4 /tmp/a.pdf"), false));
        assert_eq!(printer("command = [\"lpr\", \"-P\", \"x\"]").unwrap(), (words("lpr -P x"), true));
        for wrong in ["command = []", "command = [\"\"]", "command = [\"lp\", \"-d{name}\"]"] {
            assert!(matches!(printer(wrong), Err(ConfigError::BadPrintCommand { .. })), "{wrong}");
        }
        assert!(printer("on_step = [\"acceptence\"]").unwrap_err().to_string().contains("acceptence"));
    }

    #[test]
    fn an_address_without_http_is_refused() {
        assert!(matches!(parse("server = \"h:1\"\nhall = \"d\""), Err(ConfigError::BadServer { .. })));
    }
}
