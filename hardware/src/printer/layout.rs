//! How each slip looks: a column of blocks. Sizes are multiples of the printer's 12 × 24 dot character (1.5 × 3 mm).

use super::labels::Labels;
use super::{CorrectionSlip, GuideSlip, ReceiptSlip, Slip, TicketSlip};
use crate::Language;
use crate::width::{columns, wrap};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
}

/// A line's looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Times the character cell, both ways; 1 to 8.
    pub(super) size: u8,
    pub(super) bold: bool,
    pub(super) align: Align,
    /// White on black.
    pub(super) reverse: bool,
}

const SMALL: Style = Style { size: 1, bold: false, align: Align::Left, reverse: false };
const LARGE: Style = Style { size: 2, ..SMALL };
const HEADING: Style = Style { bold: true, ..LARGE };

impl Style {
    const fn centred(self) -> Self {
        Style { align: Align::Centre, ..self }
    }

    const fn reversed(self) -> Self {
        Style { reverse: true, ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// One line, already short enough.
    Line {
        text: String,
        style: Style,
    },
    /// A horizontal line over the whole width.
    Rule,
    /// White space, in dots.
    Space(u8),
    Qr(String),
}

pub(super) fn layout(slip: &Slip, columns: usize) -> Vec<Block> {
    let language = match slip {
        Slip::Ticket(slip) => slip.language,
        Slip::Guide(slip) => slip.language,
        Slip::Receipt(slip) => slip.language,
        Slip::Correction(slip) => slip.language,
    };
    let mut page = Page { columns, language, blocks: Vec::new() };
    match slip {
        Slip::Ticket(slip) => page.ticket(slip),
        Slip::Guide(slip) => page.guide(slip),
        Slip::Receipt(slip) => page.receipt(slip),
        Slip::Correction(slip) => page.correction(slip),
    }
    page.blocks
}

struct Page {
    columns: usize,
    language: Language,
    blocks: Vec<Block>,
}

impl Page {
    fn ticket(&mut self, slip: &TicketSlip) {
        let labels = Labels::of(slip.language);
        self.text(&slip.hall, HEADING.centred());
        self.reprint_mark(slip.reprint, labels);
        self.rule();
        self.text(labels.your_number, LARGE.centred());
        self.number(&slip.number);
        self.text(&slip.service, HEADING.centred());
        self.rule();
        if let Some(ahead) = slip.ahead {
            self.pair(labels.ahead, &labels.people(ahead));
        }
        self.pair(labels.wait, &slip.wait);
        self.pair(labels.taken_at, &slip.taken_at);
        self.code(&slip.url, labels.scan_queue);
        if !slip.notes.is_empty() {
            self.rule();
        }
        for note in &slip.notes {
            self.text(note, LARGE);
            self.space(8);
        }
    }

    fn guide(&mut self, slip: &GuideSlip) {
        let labels = Labels::of(slip.language);
        self.text(&slip.hall, LARGE.centred());
        self.text(labels.guide, HEADING.centred());
        self.rule();
        self.text(&slip.item, HEADING);
        self.rule();
        self.section(labels.bring, &slip.bring, true);
        self.section(labels.limits, &slip.limits, false);
        self.section(labels.fee, std::slice::from_ref(&slip.fee), false);
        self.section(labels.place, std::slice::from_ref(&slip.place), false);
        self.section(labels.hours, std::slice::from_ref(&slip.hours), false);
        self.code(&slip.url, labels.scan_guide);
    }

    fn receipt(&mut self, slip: &ReceiptSlip) {
        let labels = Labels::of(slip.language);
        self.text(&slip.hall, LARGE.centred());
        self.title(labels.receipt);
        self.reprint_mark(slip.reprint, labels);
        self.rule();
        self.field(labels.case_no, &slip.case_no);
        self.field(labels.item, &slip.item);
        self.field(labels.department, &slip.department);
        self.pair(labels.applicant, &slip.applicant);
        self.pair(labels.accepted, &slip.accepted);
        self.pair(labels.due, &slip.due);
        self.rule();
        self.section(labels.documents, &slip.documents, true);
        self.code(&slip.url, labels.scan_case);
        self.space(12);
        self.text(labels.keep_receipt, LARGE);
    }

    fn correction(&mut self, slip: &CorrectionSlip) {
        let labels = Labels::of(slip.language);
        self.text(&slip.hall, LARGE.centred());
        self.title(labels.correction);
        self.reprint_mark(slip.reprint, labels);
        self.rule();
        self.field(labels.case_no, &slip.case_no);
        self.field(labels.item, &slip.item);
        self.field(labels.department, &slip.department);
        self.pair(labels.applicant, &slip.applicant);
        self.pair(labels.notified, &slip.notified);
        self.rule();
        self.section(labels.to_bring, &slip.documents, true);
        self.section(labels.note, std::slice::from_ref(&slip.note), false);
        self.text(labels.correction_advice, LARGE);
        self.code(&slip.url, labels.scan_case);
    }

    /// Wrapped text in one style; nothing where empty.
    fn text(&mut self, text: &str, style: Style) {
        for text in wrap(&tidy(text, self.language), self.columns / usize::from(style.size)) {
            self.blocks.push(Block::Line { text, style });
        }
    }

    /// The title of a paper, as large as fits in one line.
    fn title(&mut self, text: &str) {
        let size = if columns(text) * 3 <= self.columns { 3 } else { 2 };
        self.space(8);
        self.text(text, Style { size, bold: true, ..SMALL }.centred());
    }

    /// The ticket's number, as large as the paper allows.
    fn number(&mut self, number: &str) {
        let size = (self.columns / columns(number).max(1)).clamp(1, 8) as u8;
        self.space(12);
        self.text(number, Style { size, bold: true, ..SMALL }.centred());
    }

    /// Label at the left, value at the right; the value gets its own lines where both do not fit into one.
    fn pair(&mut self, label: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let value = &tidy(value, self.language);
        let room = self.columns / usize::from(LARGE.size);
        match room.checked_sub(columns(label) + columns(value)) {
            Some(gap) if gap > 0 => self.text_as_is(&format!("{label}{}{value}", " ".repeat(gap)), LARGE),
            _ => {
                self.text(label, LARGE);
                for line in wrap(value, room) {
                    let gap = room - columns(&line);
                    self.text_as_is(&format!("{}{line}", " ".repeat(gap)), LARGE);
                }
            }
        }
        self.space(8);
    }

    /// A line whose spaces matter. Control characters have no business in it either.
    fn text_as_is(&mut self, text: &str, style: Style) {
        let text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.blocks.push(Block::Line { text, style });
    }

    /// Label in small letters above its value.
    fn field(&mut self, label: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        self.text(label, SMALL);
        self.text(value, HEADING);
        self.space(12);
    }

    /// A heading with lines below it, numbered where they are several things to have at hand.
    fn section(&mut self, heading: &str, lines: &[String], numbered: bool) {
        let lines: Vec<_> = lines.iter().filter(|line| !line.trim().is_empty()).collect();
        if lines.is_empty() {
            return;
        }
        self.text(heading, HEADING);
        let room = self.columns / usize::from(LARGE.size);
        let numbered = numbered && lines.len() > 1;
        let indent = if numbered { lines.len().to_string().len() + 2 } else { 0 };
        for (index, line) in lines.into_iter().enumerate() {
            let mut mark = if numbered { format!("{:>1$}. ", index + 1, indent - 2) } else { String::new() };
            for part in wrap(&tidy(line, self.language), room - indent) {
                self.text_as_is(&format!("{mark}{part}"), LARGE);
                mark = " ".repeat(indent);
            }
            self.space(8);
        }
        self.space(16);
    }

    fn reprint_mark(&mut self, reprint: bool, labels: &Labels) {
        if reprint {
            self.space(8);
            self.text_as_is(&format!(" {} ", labels.reprint), LARGE.centred().reversed());
        }
    }

    fn code(&mut self, url: &str, caption: &str) {
        if url.is_empty() {
            return;
        }
        self.space(16);
        self.blocks.push(Block::Qr(url.to_owned()));
        self.space(16);
        self.text(caption, LARGE.centred());
    }

    fn rule(&mut self) {
        self.space(12);
        self.blocks.push(Block::Rule);
        self.space(16);
    }

    fn space(&mut self, dots: u8) {
        self.blocks.push(Block::Space(dots));
    }
}

/// Punctuation that a Chinese printer would set in a full cell in the middle of a Latin text, as ASCII has it. Quotation marks are
/// left as they are in Chinese, where a full cell is right.
fn tidy(text: &str, language: Language) -> String {
    let mut tidy = String::with_capacity(text.len());
    for c in text.chars() {
        match (c, language) {
            ('–' | '‐' | '‑', _) => tidy.push('-'),
            ('\u{a0}' | '\u{202f}', _) => tidy.push(' '),
            ('‘' | '’', Language::En) => tidy.push('\''),
            ('“' | '”', Language::En) => tidy.push('"'),
            ('—', Language::En) => tidy.push('-'),
            ('…', Language::En) => tidy.push_str("..."),
            (other, _) => tidy.push(other),
        }
    }
    tidy
}
