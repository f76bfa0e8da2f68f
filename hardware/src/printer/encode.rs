//! Blocks to bytes, by the `escpos` crate and what [`super::escpos_ext`] adds.

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::GB18030;
use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer as EscPos;
use escpos::utils::{Encoder, JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};
use qrcode::{Color, EcLevel, QrCode as Code};

use super::escpos_ext::{self, Bitmap};
use super::layout::{Align, Block, Style, layout};
use super::{PrintError, Profile, QrCode, Slip};
use crate::glyphs::{Cell, Glyphs};
use crate::width::{char_columns, columns};

/// A character of font A.
const CHAR_WIDTH: usize = 12;
const CHAR_HEIGHT: usize = 24;
/// A QR code without its quiet zone: 30 mm at 8 dots/mm, which old telephones read from a hand's distance.
const QR_DOTS: usize = 30 * 8;
/// Modules of white around a code.
const QUIET: usize = 4;

/// The bytes of a slip, from ESC @ to the cut.
///
/// # Errors
/// [`PrintError::Unprintable`] where an address does not fit into a QR code.
pub fn encode(slip: &Slip, profile: &Profile) -> Result<Vec<u8>, PrintError> {
    let unprintable = |error: PrinterError| PrintError::Unprintable(error.to_string());
    let mut writer = Writer::new(profile);
    writer.start().map_err(unprintable)?;
    for block in layout(slip, profile.columns) {
        match block {
            Block::Line { text, style } => writer.line(&text, style).map_err(unprintable)?,
            Block::Rule => writer.rule().map_err(unprintable)?,
            Block::Space(dots) => writer.space(dots).map_err(unprintable)?,
            Block::Qr(url) => writer.qr(&url)?,
        }
    }
    writer.finish().map_err(unprintable)
}

/// Collects the bytes instead of sending them, so that the sender can count them.
#[derive(Clone, Default)]
struct Collector(Rc<RefCell<Vec<u8>>>);

impl Driver for Collector {
    fn name(&self) -> String {
        "collector".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<(), PrinterError> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buffer: &mut [u8]) -> Result<usize, PrinterError> {
        Ok(0)
    }

    fn flush(&self) -> Result<(), PrinterError> {
        Ok(())
    }
}

struct Writer<'a> {
    profile: &'a Profile,
    printer: EscPos<Collector>,
    bytes: Collector,
    /// What the printer is set to, so that nothing is set twice.
    style: Option<Style>,
    /// The regular and the bold face, loaded when a line needs them.
    glyphs: [Option<Glyphs>; 2],
}

impl<'a> Writer<'a> {
    fn new(profile: &'a Profile) -> Self {
        let bytes = Collector::default();
        let printer = EscPos::new(bytes.clone(), Protocol::new(Encoder::new(GB18030)), None);
        Writer { profile, printer, bytes, style: None, glyphs: [None, None] }
    }

    fn start(&mut self) -> Result<(), PrinterError> {
        self.printer.init()?.smoothing(true)?.custom(&escpos_ext::CHINESE_ON)?;
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, PrinterError> {
        self.space(24)?;
        self.printer.custom(&escpos_ext::CUT)?.custom(&escpos_ext::CHINESE_OFF)?.print()?;
        Ok(self.bytes.0.take())
    }

    fn set(&mut self, style: Style) -> Result<(), PrinterError> {
        if self.style == Some(style) {
            return Ok(());
        }
        let align = match style.align {
            Align::Left => JustifyMode::LEFT,
            Align::Centre => JustifyMode::CENTER,
        };
        self.printer.justify(align)?.size(style.size, style.size)?.bold(style.bold)?.reverse(style.reverse)?;
        // A line is as high as its characters and a fifth more; the number's own height is enough white.
        let height = CHAR_HEIGHT * usize::from(style.size);
        self.printer.line_spacing(u8::try_from(height + height.div_ceil(5).min(12)).unwrap_or(u8::MAX))?;
        self.style = Some(style);
        Ok(())
    }

    fn line(&mut self, text: &str, style: Style) -> Result<(), PrinterError> {
        self.set(style)?;
        if !self.profile.four_byte_chinese && text.chars().any(beyond_two_bytes) {
            if let Some(picture) = self.drawn(text, style) {
                self.printer.custom(&picture.command())?;
                return self.space(12);
            }
            // No font: print what can be printed, with the mark for a missing character.
            let text: String = text.chars().map(|c| if beyond_two_bytes(c) { '〓' } else { c }).collect();
            self.printer.writeln(&text)?;
            return Ok(());
        }
        self.printer.writeln(text)?;
        Ok(())
    }

    /// The line as a picture from the system's font.
    fn drawn(&mut self, text: &str, style: Style) -> Option<Bitmap> {
        let face = &mut self.glyphs[usize::from(style.bold)];
        if face.is_none() {
            match Glyphs::load(style.bold) {
                Ok(glyphs) => *face = Some(glyphs),
                Err(error) => tracing::warn!(%error, "a rare character is printed as 〓"),
            }
        }
        let glyphs = face.as_ref()?;
        let size = usize::from(style.size);
        let mut picture = Bitmap::new(columns(text) * CHAR_WIDTH * size, CHAR_HEIGHT * size);
        let mut x = 0;
        for c in text.chars() {
            let width = char_columns(c) * CHAR_WIDTH * size;
            let cell = Cell { x: x as u32, y: 0, width: width as u32, height: (CHAR_HEIGHT * size) as u32 };
            glyphs.draw(c, cell, |x, y, darkness| {
                if darkness > 0.5 {
                    picture.set(x as usize, y as usize);
                }
            });
            x += width;
        }
        (!picture.is_blank()).then_some(picture)
    }

    fn rule(&mut self) -> Result<(), PrinterError> {
        let mut rule = Bitmap::new(usize::from(self.profile.dots), 2);
        for x in 0..usize::from(self.profile.dots) {
            rule.set(x, 0);
            rule.set(x, 1);
        }
        self.printer.custom(&rule.command())?;
        Ok(())
    }

    fn space(&mut self, dots: u8) -> Result<(), PrinterError> {
        self.printer.custom(&escpos_ext::feed_dots(dots))?;
        Ok(())
    }

    fn qr(&mut self, url: &str) -> Result<(), PrintError> {
        let code = Code::with_error_correction_level(url, EcLevel::M).map_err(|error| {
            PrintError::Unprintable(format!("no QR code for an address of {} bytes: {error}", url.len()))
        })?;
        let modules = code.width();
        let module = module_dots(modules, usize::from(self.profile.dots));
        let centred = Style { size: 1, bold: false, align: Align::Centre, reverse: false };
        let unprintable = |error: PrinterError| PrintError::Unprintable(error.to_string());
        self.set(centred).map_err(unprintable)?;
        match self.profile.qr {
            QrCode::Native => {
                let option = QRCodeOption::new(QRCodeModel::Model2, module as u8, QRCodeCorrectionLevel::M);
                self.printer.qrcode_option(url, option).map_err(unprintable)?;
            }
            QrCode::Raster => {
                let side = (modules + 2 * QUIET) * module;
                let mut picture = Bitmap::new(side, side);
                for (index, color) in code.to_colors().into_iter().enumerate() {
                    if color == Color::Light {
                        continue;
                    }
                    let (left, top) = ((index % modules + QUIET) * module, (index / modules + QUIET) * module);
                    for y in top..top + module {
                        for x in left..left + module {
                            picture.set(x, y);
                        }
                    }
                }
                self.printer.custom(&picture.command()).map_err(unprintable)?;
            }
        }
        Ok(())
    }
}

/// True for characters that GB18030 writes in four bytes, and for those it has not at all.
fn beyond_two_bytes(c: char) -> bool {
    let mut text = [0; 4];
    let (bytes, _, unmappable) = GB18030.encode(c.encode_utf8(&mut text));
    unmappable || bytes.len() > 2
}

/// How many dots wide one module of a code is: the code is as large as wished, but fits on the paper with its quiet zone.
fn module_dots(modules: usize, paper: usize) -> usize {
    // Epson's command takes modules up to 16 dots; the crate, up to 15.
    QR_DOTS.div_ceil(modules).min(paper / (modules + 2 * QUIET)).clamp(1, 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_at_least_24_mm_wide_and_fits_on_the_paper_with_its_quiet_zone() {
        // Versions 1 to 40 of QR codes have 21, 25, … 177 modules.
        for modules in (21..=177).step_by(4) {
            for paper in [576, 384] {
                let module = module_dots(modules, paper);
                assert!(module * modules >= 24 * 8, "{modules} modules");
                assert!(module * (modules + 2 * QUIET) <= paper, "{modules} modules");
                assert!(module >= 2, "{modules} modules");
            }
        }
    }

    #[test]
    fn only_characters_beyond_two_bytes_are_drawn() {
        for c in ['A', '福', '（', '℃', 'é', 'Ω'] {
            assert!(!beyond_two_bytes(c), "{c}");
        }
        for c in ['㐂', '𠮷', '😀'] {
            assert!(beyond_two_bytes(c), "{c}");
        }
    }
}
