//! A paper as the template sees it: what stands where, and no rule any more. It travels into the typesetter as JSON,
//! so nothing in a text can be taken for markup.

use protocol::catalogue::Text;
use serde::Serialize;

/// Everything on the pages, from the top to the bottom.
#[derive(Debug, Serialize)]
pub(crate) struct Paper {
    pub(crate) department: Text,
    pub(crate) title: Text,
    pub(crate) number: String,
    pub(crate) date: [i16; 3],
    pub(crate) addressee: Text,
    pub(crate) blocks: Vec<Block>,
    pub(crate) closing: Closing,
    pub(crate) verification: Option<Scan>,
    pub(crate) contact: Text,
    pub(crate) sample: bool,
    pub(crate) english: bool,
}

#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Block {
    /// Body text, indented by two characters.
    Paragraph { text: Text },
    /// Words of an official, set off from the wording of the form: a reason, a condition.
    Statement { label: Text, text: Text },
    /// Labels with their values, two of them beside each other where both are short.
    Facts { facts: Vec<Fact> },
    /// A list; its head stands again on every page.
    Table { columns: Vec<Column>, rows: Vec<Vec<Text>> },
    /// Empty fields to be filled in with a pen.
    Fields { fields: Vec<Field> },
}

#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub(crate) label: Text,
    pub(crate) value: Text,
    /// Too long to share a line.
    pub(crate) wide: bool,
}

/// Room for a pen.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    pub(crate) label: Text,
    /// With a line for the day: the day of a signature starts periods.
    pub(crate) dated: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Column {
    pub(crate) head: Text,
    /// Share of the width that is left; 0 is as wide as what stands in it.
    pub(crate) share: u8,
    pub(crate) centred: bool,
}

/// What stands at the lower right.
#[derive(Debug, Serialize)]
pub(crate) struct Closing {
    pub(crate) department: Text,
    pub(crate) date: Text,
}

/// The QR and what stands beside it.
#[derive(Debug, Serialize)]
pub(crate) struct Scan {
    pub(crate) qr: crate::qr::Modules,
    pub(crate) text: Text,
    pub(crate) address: Text,
}

impl Fact {
    /// Half a line holds 12 Chinese characters, or two lines of 28 letters of the smaller English beneath. A code is one word that
    /// does not break, and its letters may all be broad ones.
    pub(crate) fn new(label: Text, value: Text) -> Self {
        let width: usize = value.zh.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
        let code = value.zh.chars().count() > 16 && value.zh.chars().all(|letter| letter.is_ascii_alphanumeric());
        let wide = width > 24 || code || value.en.chars().count() > 56;
        Fact { label, value, wide }
    }
}

impl Column {
    pub(crate) fn narrow(zh: &str, en: &str) -> Self {
        Column { head: Text::new(zh, en), share: 0, centred: true }
    }

    pub(crate) fn wide(zh: &str, en: &str, share: u8) -> Self {
        Column { head: Text::new(zh, en), share, centred: false }
    }
}

impl Block {
    pub(crate) fn paragraph(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Block::Paragraph { text: Text::new(zh, en) }
    }

    pub(crate) fn reason(reason: &Text) -> Self {
        Block::Statement { label: Text::new("理由：", "Reason:"), text: reason.clone() }
    }
}
