//! The four real-time status bytes (DLE EOT 1–4) and what they mean together.

use escpos::errors::PrinterError;
use escpos::utils::{RealTimeStatusRequest, RealTimeStatusResponse};
use serde::{Deserialize, Serialize};

/// The paper roll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    #[default]
    Ok,
    /// Still printing; somebody should bring a roll.
    NearEnd,
    Out,
}

/// A printer's state as it reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterStatus {
    /// False where the connection has no way back (`file:`): then nothing is known and the rest is the hopeful assumption.
    pub reported: bool,
    pub online: bool,
    pub paper: Paper,
    pub cover_open: bool,
    /// Cutter or other machine error that needs a person.
    pub error: bool,
}

impl PrinterStatus {
    /// For connections that cannot be asked.
    pub(crate) const UNKNOWN: PrinterStatus =
        PrinterStatus { reported: false, online: true, paper: Paper::Ok, cover_open: false, error: false };

    /// True where a ticket can be printed now.
    pub fn ready(&self) -> bool {
        self.online && self.paper != Paper::Out && !self.cover_open && !self.error
    }

    /// Puts the answers to DLE EOT 1, 2, 3 and 4 together.
    ///
    /// # Errors
    /// Where one of the bytes does not carry the fixed bits of a status answer.
    pub fn from_answers(answers: [u8; 4]) -> Result<Self, PrinterError> {
        use RealTimeStatusRequest as Ask;
        use RealTimeStatusResponse as Says;
        let printer = RealTimeStatusResponse::parse(Ask::Printer, answers[0])?;
        let offline = RealTimeStatusResponse::parse(Ask::OfflineCause, answers[1])?;
        let error = RealTimeStatusResponse::parse(Ask::ErrorCause, answers[2])?;
        let roll = RealTimeStatusResponse::parse(Ask::RollPaperSensor, answers[3])?;
        let says =
            |answer: &std::collections::HashMap<Says, bool>, what: Says| answer.get(&what).copied().unwrap_or(false);

        let out =
            says(&offline, Says::PrintingStopsDueToPaperEnd) || !says(&roll, Says::RollPaperEndSensorPaperPresent);
        let near_end = !says(&roll, Says::RollPaperNearEndSensorPaperAdequate);
        Ok(PrinterStatus {
            reported: true,
            online: says(&printer, Says::Online),
            paper: match (out, near_end) {
                (true, _) => Paper::Out,
                (false, true) => Paper::NearEnd,
                (false, false) => Paper::Ok,
            },
            cover_open: !says(&offline, Says::CoverClosed),
            error: says(&offline, Says::ErrorOccurred)
                || says(&error, Says::AutocutterErrorOccurred)
                || says(&error, Says::UnrecoverableErrorOccurred)
                || says(&error, Says::AutoRecoverableErrorOccurred),
        })
    }
}

/// The fixed bits 0xx1xx10 of every DLE EOT answer: what does not carry them is noise or the answer to something else.
pub(crate) fn is_status_answer(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0010
}

/// The fixed bits 0xx0xxxx of the answer to GS r, which the printer gives once it has worked through all bytes before it.
pub(crate) fn is_end_answer(byte: u8) -> bool {
    byte & 0b1001_0000 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_answers_mean_what_the_printer_showed() {
        let ok = PrinterStatus { reported: true, online: true, paper: Paper::Ok, cover_open: false, error: false };
        let table = [
            ([0x12, 0x12, 0x12, 0x12], ok),
            ([0x12, 0x12, 0x12, 0x1E], PrinterStatus { paper: Paper::NearEnd, ..ok }),
            ([0x1A, 0x32, 0x12, 0x7E], PrinterStatus { online: false, paper: Paper::Out, ..ok }),
            ([0x1A, 0x16, 0x12, 0x12], PrinterStatus { online: false, cover_open: true, ..ok }),
            ([0x1A, 0x52, 0x1A, 0x12], PrinterStatus { online: false, error: true, ..ok }),
        ];
        for (answers, status) in table {
            assert_eq!(PrinterStatus::from_answers(answers).unwrap(), status, "{answers:02x?}");
            assert_eq!(status.ready(), status.online);
        }
        assert!(PrinterStatus::from_answers([0x12, 0x00, 0x12, 0x12]).is_err());
    }

    #[test]
    fn no_byte_is_both_a_status_answer_and_an_end_answer() {
        for byte in 0..=u8::MAX {
            assert!(!(is_status_answer(byte) && is_end_answer(byte)), "{byte:02x}");
        }
    }
}
