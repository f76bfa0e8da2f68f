//! What an operator agrees with a department: names, address, keys, patience.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::Millis;
use crate::retry::RetryPlan;
use crate::signing::{KeyError, Keys, Kind, USUAL_IDENTITY};

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{path} could not be read")]
    Unreadable { path: String, source: std::io::Error },
    #[error("{path} is not as described")]
    Toml { path: String, source: Box<toml::de::Error> },
    #[error("system {system}: {source}")]
    Key { system: String, source: KeyError },
    #[error("system {system}: {what}")]
    Wrong { system: String, what: String },
}

/// Keys as they stand in a file. Secrets may stand in files of their own, whose paths are relative to the settings'.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyForm {
    /// Named in signatures; each agreement's keys have different ids.
    id: String,
    signing: Kind,
    /// For HMAC: at least 32 bytes, in hexadecimal.
    secret: Option<String>,
    secret_file: Option<PathBuf>,
    /// For SM2, in hexadecimal.
    private_key: Option<String>,
    private_key_file: Option<PathBuf>,
    their_public_key: Option<String>,
    #[serde(default = "usual_identity")]
    identity: String,
}

/// Without the keys.
impl std::fmt::Debug for KeyForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyForm").field("id", &self.id).field("signing", &self.signing).finish_non_exhaustive()
    }
}

fn usual_identity() -> String {
    USUAL_IDENTITY.to_owned()
}

impl KeyForm {
    /// The keys; `folder` is that of the settings.
    pub fn keys(&self, system: &str, folder: &Path) -> Result<Keys, SettingsError> {
        let wrong =
            |what: &str| SettingsError::Wrong { system: system.to_owned(), what: format!("key {}: {what}", self.id) };
        if self.id.is_empty() || self.id.contains(char::is_whitespace) {
            return Err(wrong("an id has no spaces"));
        }
        let text = |given: &Option<String>, file: &Option<PathBuf>| match (given, file) {
            (Some(text), None) => Ok(Some(text.clone())),
            (None, Some(file)) => {
                let path = folder.join(file);
                std::fs::read_to_string(&path)
                    .map(Some)
                    .map_err(|source| SettingsError::Unreadable { path: path.display().to_string(), source })
            }
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(wrong("given both in the settings and in a file")),
        };
        let secret = text(&self.secret, &self.secret_file)?;
        let private = text(&self.private_key, &self.private_key_file)?;
        let keys = match (self.signing, secret, private, &self.their_public_key) {
            (Kind::Sm2Sm3, None, Some(private), Some(public)) => Keys::sm2(&self.id, &self.identity, &private, public),
            (Kind::Sm2Sm3, ..) => return Err(wrong("SM2 needs private_key and their_public_key, and no secret")),
            (kind, Some(secret), None, None) => Keys::shared(&self.id, kind, &secret),
            _ => return Err(wrong("HMAC needs secret, and no other key")),
        };
        keys.map_err(|source| SettingsError::Key { system: system.to_owned(), source })
    }
}

/// A department's own system, as the hall knows it.
#[derive(Debug, Clone)]
pub struct System {
    /// As items name it (`system` of a branch).
    pub name: String,
    /// The one department it speaks for.
    pub department: String,
    /// Where messages are posted.
    pub address: String,
    /// The first signs; each is taken in what comes.
    pub keys: Vec<Keys>,
    pub timeout: Duration,
    /// How far its clock may be from ours, in milliseconds.
    pub window: Millis,
    pub retry: RetryPlan,
}

impl System {
    /// The keys that we sign with.
    pub fn signing(&self) -> &Keys {
        &self.keys[0]
    }
}

/// All departments' systems.
#[derive(Debug, Clone)]
pub struct Systems {
    /// The hall's own name in messages.
    pub hall: String,
    systems: BTreeMap<String, System>,
}

impl Default for Systems {
    fn default() -> Self {
        Systems { hall: "hall".to_owned(), systems: BTreeMap::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    #[serde(default = "hall")]
    hall: String,
    #[serde(default)]
    systems: Vec<SystemForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemForm {
    name: String,
    department: String,
    address: String,
    keys: Vec<KeyForm>,
    #[serde(default = "ten")]
    timeout_seconds: u32,
    #[serde(default = "five_minutes")]
    window_seconds: u32,
    #[serde(default)]
    retry: RetryPlan,
}

fn hall() -> String {
    "hall".to_owned()
}

fn ten() -> u32 {
    10
}

fn five_minutes() -> u32 {
    300
}

impl Systems {
    /// Reads a systems file (TOML).
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Unreadable { path: shown.clone(), source })?;
        Self::parse(&text, &shown, path.parent().unwrap_or(Path::new(".")))
    }

    /// Reads the text of a systems file; `folder` is where its key files are.
    pub fn parse(text: &str, path: &str, folder: &Path) -> Result<Self, SettingsError> {
        let form: FileForm = toml::from_str(text)
            .map_err(|source| SettingsError::Toml { path: path.to_owned(), source: Box::new(source) })?;
        let mut systems = BTreeMap::new();
        for form in form.systems {
            let system = form.checked(folder)?;
            let (name, department) = (system.name.clone(), system.department.clone());
            let twice = |what: String| SettingsError::Wrong { system: name.clone(), what };
            if systems.values().any(|other: &System| other.department == department) {
                return Err(twice(format!("department {department} has a system already")));
            }
            if systems.insert(name.clone(), system).is_some() {
                return Err(twice("the name is there twice".to_owned()));
            }
        }
        Ok(Systems { hall: form.hall, systems })
    }

    pub fn get(&self, name: &str) -> Option<&System> {
        self.systems.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &System> {
        self.systems.values()
    }
}

impl SystemForm {
    fn checked(self, folder: &Path) -> Result<System, SettingsError> {
        let wrong = |what: &str| SettingsError::Wrong { system: self.name.clone(), what: what.to_owned() };
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.name.is_empty() || !self.name.bytes().all(good) {
            return Err(wrong("a name has lower-case letters, digits and hyphens"));
        }
        if self.name == "outbox" {
            return Err(wrong("this name is an address of the hall's own"));
        }
        if !(self.address.starts_with("http://") || self.address.starts_with("https://")) {
            return Err(wrong("the address must begin with http:// or https://"));
        }
        if self.timeout_seconds == 0 || self.window_seconds == 0 || self.retry.first_seconds == 0 {
            return Err(wrong("timeout_seconds, window_seconds and retry.first_seconds must be more than 0"));
        }
        if self.retry.longest_seconds < self.retry.first_seconds {
            return Err(wrong("retry.longest_seconds must not be less than retry.first_seconds"));
        }
        let keys: Vec<Keys> = self.keys.iter().map(|key| key.keys(&self.name, folder)).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(wrong("it needs a key"));
        }
        if keys.iter().enumerate().any(|(n, key)| keys[..n].iter().any(|before| before.id() == key.id())) {
            return Err(wrong("two of its keys have one id"));
        }
        Ok(System {
            name: self.name,
            department: self.department,
            address: self.address,
            keys,
            timeout: Duration::from_secs(self.timeout_seconds.into()),
            window: Millis::from(self.window_seconds) * 1000,
            retry: self.retry,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> String {
        let secret = "ab".repeat(32);
        format!(
            "[[systems]]\nname = \"market\"\ndepartment = \"D1\"\naddress = \"http://127.0.0.1:1/exchange\"\n\
             [[systems.keys]]\nid = \"2026\"\nsigning = \"hmac-sm3\"\nsecret = \"{secret}\"\n"
        )
    }

    fn parse(text: &str) -> Result<Systems, SettingsError> {
        Systems::parse(text, "systems.toml", Path::new("/nowhere"))
    }

    #[track_caller]
    fn refused(text: &str) -> String {
        let error = parse(text).unwrap_err();
        let source = std::error::Error::source(&error).map(|s| format!(": {s}")).unwrap_or_default();
        format!("{error}{source}")
    }

    #[test]
    fn what_is_left_out_has_patient_defaults() {
        let systems = parse(&file()).unwrap();
        let market = systems.get("market").unwrap();
        assert_eq!((market.timeout.as_secs(), market.window, market.retry), (10, 300_000, RetryPlan::default()));
        assert_eq!(systems.hall, "hall");
    }

    #[test]
    fn a_secret_may_stand_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("market.key"), format!("{}\n", "cd".repeat(32))).unwrap();
        let text = file().replace(&format!("secret = \"{}\"", "ab".repeat(32)), "secret_file = \"market.key\"");
        std::fs::write(folder.path().join("systems.toml"), text).unwrap();
        Systems::read(&folder.path().join("systems.toml")).unwrap();
        std::fs::remove_file(folder.path().join("market.key")).unwrap();
        let missing = Systems::read(&folder.path().join("systems.toml")).unwrap_err().to_string();
        assert!(missing.contains("market.key"), "{missing}");
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        let with = |from: &str, to: &str| refused(&file().replace(from, to));
        assert!(with("D1\"", "D1\"\ncolour = \"red\"").contains("unknown field `colour`"));
        assert!(with("\"market\"", "\"Market 局\"").contains("lower-case"));
        assert!(with("http://", "ftp://").contains("http://"));
        assert!(with("secret =", "private_key =").contains("HMAC needs secret"));
        assert!(with("hmac-sm3", "sm2-sm3").contains("SM2 needs private_key"));
        assert!(with(&"ab".repeat(32), "abcd").contains("2 bytes"));
        assert!(with("D1\"", "D1\"\ntimeout_seconds = 0").contains("more than 0"));
        assert!(refused(&format!("{}{}", file(), file())).contains("already"));
        let second = file().replace("market", "market2");
        assert!(refused(&format!("{}{second}", file())).contains("department D1 has a system already"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", parse(&file()).unwrap());
        assert!(!shown.contains("abab"), "{shown}");
    }
}
