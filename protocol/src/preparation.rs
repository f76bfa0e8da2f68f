//! What a ticket's holder prepares before being called (等候即准备): answers, the form, photographs of the documents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::{FormField, Question, RequiredDocument, Text};
use crate::files::File;

/// A preparation as its holder and the desk see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preparation {
    pub ticket: i64,
    pub item: String,
    pub item_version: i64,
    /// Question's key to choice's key; only of questions that apply.
    pub answers: BTreeMap<String, String>,
    /// Field's key to what was entered, as entered.
    pub form: BTreeMap<String, String>,
    pub files: Vec<PreparedFile>,
    /// When it was handed over; absent while it is a draft.
    #[serde(default)]
    pub sent_at: Option<Millis>,
    /// Absent where nothing was entered yet.
    #[serde(default)]
    pub changed_at: Option<Millis>,
    /// The questions, fields and documents that apply by the answers given so far.
    pub questions: Vec<Question>,
    pub fields: Vec<FormField>,
    pub documents: Vec<RequiredDocument>,
    /// What is still open.
    pub open: Vec<OpenPoint>,
}

/// A file for one of the item's documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreparedFile {
    /// The document's key.
    pub document: String,
    #[serde(flatten)]
    pub file: File,
}

/// Something that the holder has still to do, or to look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenPoint {
    pub about: OpenAbout,
    /// Key of the question, field or document.
    pub key: String,
    /// What to do, in a sentence.
    pub text: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OpenAbout {
    Question,
    Field,
    Document,
    #[serde(other)]
    Unknown,
}

/// `PUT …/preparation`: what was entered. What is not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entered {
    /// An empty choice takes the answer back.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    #[serde(default)]
    pub form: BTreeMap<String, String>,
}
