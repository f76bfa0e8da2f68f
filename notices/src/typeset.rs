//! From a paper to PDF: the template, a world of two files, and nothing from outside.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Serialize;
use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::layout::{Frame, FrameItem};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::error::NoticeError;
use crate::fonts::Fonts;
use crate::paper::Paper;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static TEMPLATE: LazyLock<Option<Source>> =
    LazyLock::new(|| Some(Source::new(file_id("paper.typ")?, include_str!("../template/paper.typ").to_owned())));
static DATA: LazyLock<Option<FileId>> = LazyLock::new(|| file_id("paper.json"));

fn file_id(name: &str) -> Option<FileId> {
    Some(FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?)))
}

/// What the template reads.
#[derive(Serialize)]
struct Input<'a> {
    families: &'a [String],
    #[serde(flatten)]
    paper: &'a Paper,
}

pub(crate) fn pdf(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, NoticeError> {
    let pdf = typeset(paper, fonts);
    // The typesetter remembers what it set, names and reasons too: memory keeps none of it longer than it must.
    typst::comemo::evict(0);
    pdf
}

fn typeset(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, NoticeError> {
    let broken = |detail: &str| NoticeError::Typesetting { detail: detail.to_owned() };
    let mut input =
        serde_json::to_value(Input { families: &fonts.families, paper }).map_err(|error| broken(&error.to_string()))?;
    make_printable(&mut input);
    let data = serde_json::to_vec(&input).map_err(|error| broken(&error.to_string()))?;
    let template = TEMPLATE.as_ref().ok_or_else(|| broken("the template has no name"))?;
    let world = PaperWorld { fonts, template, data: Bytes::new(data) };
    let document: PagedDocument = typst::compile(&world).output.map_err(|errors| diagnosed(&errors))?;
    let missing = missing_letters(&document);
    if !missing.is_empty() {
        return Err(NoticeError::MissingLetters { letters: missing.into_iter().collect() });
    }
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {}", paper.department.zh, paper.number)),
        creator: Smart::Custom(None),
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .map_err(|error| broken(error.message()))?,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| diagnosed(&errors))
}

/// The world of one paper: its template, its data, the fonts. No other file, no package, no clock.
struct PaperWorld<'a> {
    fonts: &'a Fonts,
    template: &'a Source,
    data: Bytes,
}

impl World for PaperWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if Some(id) == *DATA { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Takes out of every text what has no place on paper: control characters, and marks that turn the direction of writing,
/// with which a name could be made to read otherwise than it is.
fn make_printable(value: &mut Value) {
    match value {
        Value::String(text) => {
            let clean: String = text
                .replace("\r\n", "\n")
                .chars()
                .filter_map(|letter| match letter {
                    '\n' | '\u{2028}' | '\u{2029}' | '\r' => Some('\n'),
                    '\t' => Some(' '),
                    '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
                    '\u{feff}' | '\u{fff9}'..='\u{fffb}' => None,
                    _ if letter.is_control() => None,
                    _ => Some(letter),
                })
                .collect();
            *text = clean.trim().to_owned();
        }
        Value::Array(values) => values.iter_mut().for_each(make_printable),
        Value::Object(values) => values.values_mut().for_each(make_printable),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The letters that no font has and that would be printed as empty boxes.
fn missing_letters(document: &PagedDocument) -> BTreeSet<char> {
    fn walk(frame: &Frame, missing: &mut BTreeSet<char>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, missing),
                FrameItem::Text(text) => {
                    let boxes = text.glyphs.iter().filter(|glyph| glyph.id == 0);
                    missing.extend(boxes.filter_map(|glyph| text.text.get(glyph.range())).flat_map(str::chars));
                }
                _ => {}
            }
        }
    }
    let mut missing = BTreeSet::new();
    for page in document.pages() {
        walk(&page.frame, &mut missing);
    }
    missing
}

fn diagnosed(errors: &[SourceDiagnostic]) -> NoticeError {
    let messages: Vec<String> = errors.iter().map(|error| error.message.to_string()).collect();
    NoticeError::Typesetting { detail: messages.join("; ") }
}
