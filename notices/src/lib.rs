//! The hall's official papers (文书) as PDF: receipt, correction, acceptance, decision and what else a case needs on paper.
//!
//! Data in, bytes out: [`render`] reads no file, no clock and no network. The same [`Notice`] gives the same bytes as long as
//! the fonts are the same. What comes out is PDF/A-2a and PDF/UA-1: it can go into an archive, be read aloud and be copied from.

mod compose;
mod error;
mod fonts;
mod notice;
mod paper;
mod qr;
mod typeset;
mod words;

pub use error::NoticeError;
pub use fonts::Fonts;
pub use notice::{
    Addressee, CaseFacts, Certificate, Contact, Deferred, Delivered, Document, Due, Ending, Ground, Kind, Notice,
    Period, Remedies, Remedy, Request, Unit, Verification,
};

/// The paper as PDF.
///
/// # Errors
/// [`NoticeError::Incomplete`] if something is not there without which the paper must not be issued (a refusal's reason or
/// remedies, a correction's documents), [`NoticeError::MissingLetters`] rather than a paper with empty boxes in a name.
pub fn render(notice: &Notice, fonts: &Fonts) -> Result<Vec<u8>, NoticeError> {
    typeset::pdf(&compose::paper(notice)?, fonts)
}
