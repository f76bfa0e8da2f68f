//! The providers that an operator has connected, as a TOML file. See docs/providers.md.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::lookups::NumberKind;
use protocol::catalogue::Text;
use serde::Deserialize;

use super::asking::Adapter;
use super::http_json::HttpJson;
use super::template;

/// How long a provider may take, in milliseconds: where nothing is said, at least and at most.
const USUAL_TIMEOUT: u64 = 5_000;
const TIMEOUTS: std::ops::RangeInclusive<u64> = 100..=30_000;

/// A provider that can be asked.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The data's name for people.
    pub data: Text,
    pub number: NumberKind,
    pub adapter: Arc<dyn Adapter>,
}

/// The connected providers, by name; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Providers(Arc<BTreeMap<String, Provider>>);

/// Why a file of providers is refused.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    #[error("{path} cannot be read")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a description of providers")]
    Form { path: PathBuf, source: Box<toml::de::Error> },
    /// All that is wrong, a sentence each.
    #[error("{path} cannot be used:\n{}", .faults.join("\n"))]
    Faults { path: PathBuf, faults: Vec<String> },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    providers: Vec<Entry>,
}

/// A provider as described.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub title: Text,
    pub input: Input,
    pub timeout_ms: Option<u64>,
    pub request: RequestForm,
    #[serde(default)]
    pub credentials: Option<Credentials>,
    pub answer: AnswerForm,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    CreditCode,
    IdNumber,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Get,
    Post,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestForm {
    #[serde(default)]
    pub method: Method,
    pub url: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// JSON, for POST.
    #[serde(default)]
    pub body: Option<serde_json::Value>,
}

/// What proves to the provider who asks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The header that carries it.
    pub header: String,
    /// What stands before the secret, such as `Bearer `.
    #[serde(default)]
    pub prefix: String,
    /// The file that holds the secret, and nothing else.
    pub secret_file: PathBuf,
}

/// Where in the answer things are: JSON pointers (RFC 6901).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    /// The number that the answer is about; another than the one asked by makes the answer wrong.
    #[serde(default)]
    pub about: Option<String>,
    /// What the answer holds where there is something; else nothing was found. Without it, status 404 says so.
    #[serde(default)]
    pub found: Option<Found>,
    pub fields: Vec<FieldForm>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    pub pointer: String,
    pub equals: serde_json::Value,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldForm {
    pub key: String,
    pub name: Text,
    pub pointer: String,
    /// The answer is wrong without it.
    #[serde(default)]
    pub mandatory: bool,
}

impl Providers {
    /// Reads a file, and the secrets that it names.
    pub fn read(path: &Path) -> Result<Self, ProvidersError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ProvidersError::Read { path: path.to_owned(), source })?;
        let file: File = toml::from_str(&text)
            .map_err(|source| ProvidersError::Form { path: path.to_owned(), source: Box::new(source) })?;
        let mut faults = Vec::new();
        let mut providers = BTreeMap::new();
        for entry in file.providers {
            let mut fault = |what: String| faults.push(format!("provider {}: {what}", entry.name));
            entry.check(&mut fault);
            let folder = path.parent().unwrap_or(Path::new(""));
            let adapter = HttpJson::new(&entry, folder).map_err(|error| fault(error.to_string()));
            let Ok(adapter) = adapter else { continue };
            let provider = Provider {
                data: entry.title.clone(),
                number: match entry.input {
                    Input::CreditCode => NumberKind::CreditCode,
                    Input::IdNumber => NumberKind::IdNumber,
                },
                adapter: Arc::new(adapter),
            };
            if providers.insert(entry.name.clone(), provider).is_some() {
                fault("it is described twice".to_owned());
            }
        }
        if faults.is_empty() {
            Ok(Providers(Arc::new(providers)))
        } else {
            Err(ProvidersError::Faults { path: path.to_owned(), faults })
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.0.get(name)
    }
}

impl Entry {
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms.unwrap_or(USUAL_TIMEOUT))
    }

    fn check(&self, fault: &mut impl FnMut(String)) {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.name.is_empty() || !self.name.bytes().all(good) {
            fault("its name may have lower-case letters, digits and dashes only".to_owned());
        }
        if self.title.zh.trim().is_empty() {
            fault("its title has no Chinese text".to_owned());
        }
        if self.timeout_ms.is_some_and(|timeout| !TIMEOUTS.contains(&timeout)) {
            fault(format!("timeout_ms must be from {} to {}", TIMEOUTS.start(), TIMEOUTS.end()));
        }
        self.check_request(fault);
        self.check_answer(fault);
    }

    fn check_request(&self, fault: &mut impl FnMut(String)) {
        let request = &self.request;
        if !request.url.starts_with("http://") {
            fault(
                "its address must begin with http://; where TLS is needed, a gateway on this machine speaks it"
                    .to_owned(),
            );
        }
        if request.method == Method::Get && request.body.is_some() {
            fault("a GET request has no body".to_owned());
        }
        let texts = request.body.as_ref().map(template::texts).unwrap_or_default();
        let names: Vec<&str> = texts.into_iter().chain([request.url.as_str()]).flat_map(template::names).collect();
        for name in names.iter().filter(|name| !template::NAMES.contains(name)) {
            fault(format!("{{{name}}} means nothing here; there are {}", template::NAMES.join(", ")));
        }
        if !names.contains(&"number") {
            fault("neither address nor body holds {number}, so that every answer would be the same".to_owned());
        }
    }

    fn check_answer(&self, fault: &mut impl FnMut(String)) {
        let answer = &self.answer;
        if answer.fields.is_empty() {
            fault("it gives no fields".to_owned());
        }
        let mut keys = HashSet::new();
        for field in &answer.fields {
            if !keys.insert(&field.key) {
                fault(format!("field {} is there twice", field.key));
            }
            if field.name.zh.trim().is_empty() {
                fault(format!("field {} has no Chinese name", field.key));
            }
        }
        let pointers = answer.fields.iter().map(|field| &field.pointer);
        let others = answer.about.iter().chain(answer.found.iter().map(|found| &found.pointer));
        for pointer in pointers.chain(others).filter(|pointer| !pointer.starts_with('/')) {
            fault(format!("{pointer:?} is no JSON pointer: it must begin with /"));
        }
    }
}
