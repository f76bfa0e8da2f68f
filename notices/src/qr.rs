//! The QR code (ISO/IEC 18004) as rectangles, so that it stays sharp at any size.

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

use crate::error::NoticeError;

/// A QR without its quiet zone: `size` modules on each side, and every run of dark modules as column, row, length.
#[derive(Debug, Serialize)]
pub(crate) struct Modules {
    pub(crate) size: usize,
    pub(crate) runs: Vec<[usize; 3]>,
}

impl Modules {
    /// Level M: a seal's edge or a fold may cover some of it.
    pub(crate) fn of(address: &str) -> Result<Self, NoticeError> {
        let code = QrCode::with_error_correction_level(address, EcLevel::M).map_err(NoticeError::Address)?;
        let size = code.width();
        let mut runs: Vec<[usize; 3]> = Vec::new();
        for (index, color) in code.to_colors().into_iter().enumerate() {
            let (column, row) = (index % size, index / size);
            if color == Color::Light {
                continue;
            }
            match runs.last_mut() {
                Some([from, line, length]) if *line == row && *from + *length == column => *length += 1,
                _ => runs.push([column, row, 1]),
            }
        }
        Ok(Modules { size, runs })
    }
}
