//! The phone's page on which a ticket's holder prepares. It holds what they entered, and no name that they did not enter here.

use askama::Template;
use domain::preparation::check_value;
use protocol::catalogue::{FieldKind, Item, RequiredDocument};
use protocol::files::File;
use protocol::preparation::Preparation;
use protocol::queue::{Follow, TicketState};

use super::follow::stage;
use crate::files::receive::size_text;
use crate::pages::frame::Frame;
use crate::pages::times;
use crate::pages::words::Words;

/// `/t/{follow_code}/prepare`.
#[derive(Debug, Template)]
#[template(path = "phone/prepare.html")]
pub struct PreparePage {
    frame: Frame,
    hall_name: String,
    number: String,
    ticket_path: String,
    events: String,
    sample: bool,
    strip: Strip,
    part: PreparePart,
}

/// The ticket in one line, which changes as it is called; the page's script fetches it anew after every event.
#[derive(Debug, Clone, Template)]
#[template(path = "phone/strip.html")]
pub struct Strip {
    state_name: &'static str,
    state: &'static str,
    number: String,
    calls: i64,
    /// Where to go, or how many are ahead.
    note: String,
}

/// What is prepared, and where more is entered.
#[derive(Debug, Clone, Template)]
#[template(path = "phone/preparation.html")]
pub struct PreparePart {
    w: Words,
    /// `/t/{follow_code}`, or a submission's `/s/{code}`.
    ticket_path: String,
    /// False where it is sent as an application, below.
    to_window: bool,
    item_name: String,
    /// Why the last thing could not be done.
    message: String,
    sent_at: Option<String>,
    questions: Vec<Asked>,
    papers: Vec<Paper>,
    others: Vec<PaperFile>,
    fields: Vec<Field>,
    open: Vec<String>,
}

#[derive(Debug, Clone)]
struct Asked {
    key: String,
    text: String,
    choices: Vec<Choice>,
}

#[derive(Debug, Clone)]
struct Choice {
    key: String,
    text: String,
    chosen: bool,
}

#[derive(Debug, Clone)]
struct Paper {
    key: String,
    name: String,
    mandatory: bool,
    notes: Vec<String>,
    hint: String,
    files: Vec<PaperFile>,
}

#[derive(Debug, Clone)]
struct PaperFile {
    id: String,
    name: String,
    size: String,
    has_preview: bool,
}

#[derive(Debug, Clone)]
struct Field {
    key: String,
    name: String,
    mandatory: bool,
    prose: bool,
    /// The `type` and `inputmode` of the input.
    kind: &'static str,
    mode: &'static str,
    longest: usize,
    entry: String,
    fault: String,
}

impl PreparePage {
    pub fn new(frame: &Frame, follow: &Follow, prepared: &Preparation, message: String, sample: bool) -> Self {
        let ticket_path = format!("/t/{}", follow.ticket.follow_code);
        let frame = Frame::new(frame.w, format!("{ticket_path}/prepare"));
        PreparePage {
            hall_name: follow.hall_name.pick(frame.w.english).to_owned(),
            number: follow.ticket.number.clone(),
            events: format!("/api/v1/follow/{}/events", follow.ticket.follow_code),
            sample,
            strip: Strip::new(frame.w, follow),
            part: PreparePart::of_ticket(frame.w, follow, prepared, message),
            ticket_path,
            frame,
        }
    }
}

impl Strip {
    pub fn new(w: Words, follow: &Follow) -> Self {
        let ticket = &follow.ticket;
        let (state_name, state, _) = stage(ticket, !follow.cases.is_empty(), w);
        let note = match (ticket.state, ticket.window) {
            (TicketState::Called | TicketState::Serving, Some(window)) => w.window(window),
            (TicketState::Waiting, _) => w.ahead(ticket.ahead),
            _ => String::new(),
        };
        Strip { state_name, state, number: ticket.number.clone(), calls: ticket.calls, note }
    }
}

impl PreparePart {
    pub fn of_ticket(w: Words, follow: &Follow, prepared: &Preparation, message: String) -> Self {
        let path = format!("/t/{}", follow.ticket.follow_code);
        PreparePart::new(w, path, follow.ticket.item_name.pick(w.english), prepared, message)
    }

    /// What is prepared on a phone for an application that is sent from it.
    pub fn of_submission(w: Words, path: String, item: &Item, prepared: &Preparation, message: String) -> Self {
        let part = PreparePart::new(w, path, item.name.pick(w.english), prepared, message);
        PreparePart { to_window: false, ..part }
    }

    fn new(w: Words, ticket_path: String, item_name: &str, prepared: &Preparation, message: String) -> Self {
        let files =
            |key: &str| prepared.files.iter().filter(|f| f.document == key).map(|f| PaperFile::new(&f.file)).collect();
        let applies = |key: &str| prepared.documents.iter().any(|document| document.key == key);
        PreparePart {
            w,
            ticket_path,
            to_window: true,
            item_name: item_name.to_owned(),
            message,
            sent_at: prepared.sent_at.map(|at| times::moment(at, w)),
            questions: prepared
                .questions
                .iter()
                .map(|question| Asked {
                    key: question.key.clone(),
                    text: question.text.pick(w.english).to_owned(),
                    choices: question
                        .choices
                        .iter()
                        .map(|choice| Choice {
                            key: choice.key.clone(),
                            text: choice.text.pick(w.english).to_owned(),
                            chosen: prepared.answers.get(&question.key) == Some(&choice.key),
                        })
                        .collect(),
                })
                .collect(),
            papers: prepared.documents.iter().map(|document| Paper::new(w, document, files(&document.key))).collect(),
            others: prepared.files.iter().filter(|f| !applies(&f.document)).map(|f| PaperFile::new(&f.file)).collect(),
            fields: prepared
                .fields
                .iter()
                .map(|field| {
                    let entry = prepared.form.get(&field.key).cloned().unwrap_or_default();
                    let fault = check_value(field.kind, &entry).err();
                    let (kind, mode) = match field.kind {
                        FieldKind::Date => ("date", "numeric"),
                        FieldKind::Number => ("text", "decimal"),
                        _ => ("text", "text"),
                    };
                    Field {
                        key: field.key.clone(),
                        name: field.name.pick(w.english).to_owned(),
                        mandatory: field.mandatory,
                        prose: field.kind == FieldKind::Prose,
                        kind,
                        mode,
                        longest: if field.kind == FieldKind::Prose {
                            domain::preparation::LONGEST_PROSE
                        } else {
                            domain::preparation::LONGEST_LINE
                        },
                        fault: fault.map(|fault| fault.text().pick(w.english).to_owned()).unwrap_or_default(),
                        entry,
                    }
                })
                .collect(),
            open: prepared.open.iter().map(|point| point.text.pick(w.english).to_owned()).collect(),
        }
    }
}

impl Paper {
    fn new(w: Words, document: &RequiredDocument, files: Vec<PaperFile>) -> Self {
        let shared = !document.shared_source.is_empty();
        let notes = [
            (true, w.papers(document.originals, document.copies)),
            (document.deferrable, w.paper_deferrable().to_owned()),
            (document.commitment, w.paper_commitment().to_owned()),
            (shared, w.paper_shared().to_owned()),
        ];
        Paper {
            key: document.key.clone(),
            name: document.name.pick(w.english).to_owned(),
            mandatory: document.mandatory && !shared,
            notes: notes.into_iter().filter(|(said, note)| *said && !note.is_empty()).map(|(_, note)| note).collect(),
            hint: document.note.pick(w.english).to_owned(),
            files,
        }
    }
}

impl PaperFile {
    fn new(file: &File) -> Self {
        PaperFile {
            id: file.id.clone(),
            name: file.name.clone(),
            size: size_text(u64::try_from(file.size).unwrap_or_default()),
            has_preview: file.has_preview,
        }
    }
}
