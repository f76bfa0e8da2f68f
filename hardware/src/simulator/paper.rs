//! The paper that comes out of the simulated printer: tokens in, a picture and the text out.

use encoding_rs::GB18030;
use qrcode::{Color, EcLevel, QrCode};

use super::escpos_parser::Token;
use crate::glyphs::{Cell, Glyphs};

/// Printable width in dots of 80 mm paper.
pub const PRINT_WIDTH: usize = 576;
/// White at both sides: 80 mm of paper for 72 mm of print.
const MARGIN: usize = 32;
const CHAR_HEIGHT: usize = 24;
const CHAR_WIDTH: usize = 12;
const DEFAULT_SPACING: usize = 30;
/// White above the first line, from the last cut.
const TOP: usize = 48;

/// The two faces that paper is drawn with.
#[derive(Debug)]
pub(super) struct Faces {
    regular: Option<Glyphs>,
    bold: Option<Glyphs>,
}

impl Faces {
    /// Without an installed font text is drawn as grey boxes.
    pub(super) fn load() -> Self {
        let load =
            |bold| Glyphs::load(bold).map_err(|error| tracing::warn!(%error, "simulated paper without letters")).ok();
        Faces { regular: load(false), bold: load(true) }
    }
}

#[derive(Debug, Clone, Copy)]
struct Style {
    width: usize,
    height: usize,
    bold: bool,
    reverse: bool,
}

const PLAIN: Style = Style { width: 1, height: 1, bold: false, reverse: false };

/// One slip of paper.
#[derive(Debug)]
pub(super) struct Paper {
    /// Darkness of each dot, `PRINT_WIDTH` a row.
    dots: Vec<u8>,
    y: usize,
    line: Vec<(char, Style)>,
    style: Style,
    align: u8,
    spacing: usize,
    chinese: bool,
    qr_module: usize,
    qr_level: EcLevel,
    qr_data: Vec<u8>,
    text: String,
}

impl Paper {
    pub(super) fn new() -> Self {
        Paper {
            dots: Vec::new(),
            y: TOP,
            line: Vec::new(),
            style: PLAIN,
            align: 0,
            spacing: DEFAULT_SPACING,
            chinese: false,
            qr_module: 3,
            qr_level: EcLevel::L,
            qr_data: Vec::new(),
            text: String::new(),
        }
    }

    /// True where nothing was printed or fed yet.
    pub(super) fn is_empty(&self) -> bool {
        self.y == TOP && self.line.is_empty()
    }

    /// What was printed, a line a line; codes as `[qr …]`, pictures as `[picture W×H]`.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn apply(&mut self, token: &Token, faces: &Faces) {
        match token {
            Token::Text(bytes) => self.letters(bytes, faces),
            Token::LineFeed => self.end_line(1, faces),
            Token::FeedLines(n) => self.end_line(usize::from(*n), faces),
            Token::FeedDots(n) => {
                self.flush_line(faces);
                self.y += usize::from(*n);
            }
            Token::Init => {
                let done = std::mem::replace(self, Paper::new());
                *self = Paper { dots: done.dots, y: done.y, text: done.text, chinese: done.chinese, ..Paper::new() };
            }
            Token::Align(n) => self.align = *n,
            Token::Size(width, height) => {
                (self.style.width, self.style.height) = (usize::from(*width), usize::from(*height));
            }
            Token::Bold(on) => self.style.bold = *on,
            Token::Reverse(on) => self.style.reverse = *on,
            Token::LineSpacing(n) => self.spacing = n.map_or(DEFAULT_SPACING, usize::from),
            Token::Chinese(on) => self.chinese = *on,
            Token::Raster { bytes_per_row, rows, data } => {
                self.flush_line(faces);
                self.raster(*bytes_per_row, *rows, data);
            }
            Token::Qr { function, data } => self.qr(*function, data, faces),
            Token::Cut => self.flush_line(faces),
            Token::RealTimeStatus(_) | Token::Status(_) | Token::Other(_) => {}
            Token::Unknown(bytes) => self.text.push_str(&format!("[unknown {bytes:02x?}]")),
        }
    }

    /// A PNG as the paper would look, margins included.
    pub(super) fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let width = PRINT_WIDTH + 2 * MARGIN;
        let height = self.y + TOP;
        let mut pixels = vec![252u8; width * height];
        for (index, dark) in self.dots.iter().enumerate() {
            let (x, y) = (index % PRINT_WIDTH + MARGIN, index / PRINT_WIDTH);
            if let Some(pixel) = pixels.get_mut(y * width + x) {
                // Thermal black is a dark grey.
                *pixel = 252 - (u16::from(*dark) * 226 / 255) as u8;
            }
        }
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        // 8 dots a millimetre.
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 8000, yppu: 8000, unit: png::Unit::Meter }));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(file)
    }

    fn dot(&mut self, x: usize, y: usize, dark: u8) {
        if x >= PRINT_WIDTH {
            return;
        }
        let index = y * PRINT_WIDTH + x;
        if index >= self.dots.len() {
            self.dots.resize((y + 1) * PRINT_WIDTH, 0);
        }
        self.dots[index] = self.dots[index].max(dark);
    }

    fn letters(&mut self, bytes: &[u8], faces: &Faces) {
        let mut rest = bytes;
        while let [first, after @ ..] = rest {
            let (c, len) = match (self.chinese, first, after) {
                (_, 0x20..=0x7E, _) => (char::from(*first), 1),
                // Firmware with a two-byte font sees two unknown characters in a four-byte one.
                (true, 0x81..=0xFE, [0x30..=0x39, ..]) => ('□', 2),
                (true, 0x81..=0xFE, [second, ..]) => {
                    let pair = [*first, *second];
                    let (text, bad) = GB18030.decode_without_bom_handling(&pair);
                    (text.chars().next().filter(|_| !bad).unwrap_or('□'), 2)
                }
                _ => ('□', 1),
            };
            rest = &rest[len.min(rest.len())..];
            let width = char_width(c) * self.style.width;
            if self.line_width() + width > PRINT_WIDTH {
                self.end_line(1, faces);
            }
            self.line.push((c, self.style));
        }
    }

    fn line_width(&self) -> usize {
        self.line.iter().map(|(c, style)| char_width(*c) * style.width).sum()
    }

    fn left(&self, width: usize) -> usize {
        let room = PRINT_WIDTH.saturating_sub(width);
        match self.align {
            1 => room / 2,
            2 => room,
            _ => 0,
        }
    }

    /// Prints what is in the line and feeds so many lines.
    fn end_line(&mut self, lines: usize, faces: &Faces) {
        let height = self.print_line(faces);
        self.text.push('\n');
        self.y += self.spacing.max(height) + self.spacing * lines.saturating_sub(1);
    }

    /// Prints what is in the line, where a command needs to start on a new one.
    fn flush_line(&mut self, faces: &Faces) {
        if !self.line.is_empty() {
            let height = self.print_line(faces);
            self.text.push('\n');
            self.y += height;
        }
    }

    /// Draws the line at the current height and returns how high it is.
    fn print_line(&mut self, faces: &Faces) -> usize {
        let line = std::mem::take(&mut self.line);
        let width = line.iter().map(|(c, style)| char_width(*c) * style.width).sum();
        let height = line.iter().map(|(_, style)| style.height * CHAR_HEIGHT).max().unwrap_or(0);
        let mut x = self.left(width);
        for (c, style) in line {
            self.text.push(c);
            let (width, own) = (char_width(c) * style.width, CHAR_HEIGHT * style.height);
            let (left, top) = (x, self.y + height - own);
            x += width;
            let mut ink = vec![0u8; width * own];
            let face = if style.bold { faces.bold.as_ref() } else { faces.regular.as_ref() };
            let cell = Cell { x: 0, y: 0, width: width as u32, height: own as u32 };
            match face {
                Some(face) => face.draw(c, cell, |x, y, darkness| {
                    if let Some(dot) = ink.get_mut(y as usize * width + x as usize).filter(|_| (x as usize) < width) {
                        *dot = (darkness * 255.0) as u8;
                    }
                }),
                None if c == ' ' => {}
                None => ink.fill(90),
            }
            for (index, dark) in ink.into_iter().enumerate() {
                let dark = if style.reverse { 255 - dark } else { dark };
                if dark > 0 {
                    self.dot(left + index % width, top + index / width, dark);
                }
            }
        }
        height
    }

    fn raster(&mut self, bytes_per_row: usize, rows: usize, data: &[u8]) {
        let left = self.left(bytes_per_row * 8);
        for (index, byte) in data.iter().enumerate() {
            for bit in 0..8 {
                if byte & 0x80 >> bit != 0 {
                    self.dot(left + index % bytes_per_row * 8 + bit, self.y + index / bytes_per_row, 255);
                }
            }
        }
        self.y += rows;
        if rows > 4 {
            self.text.push_str(&format!("[picture {}×{rows}]\n", bytes_per_row * 8));
        }
    }

    fn qr(&mut self, function: u8, data: &[u8], faces: &Faces) {
        match (function, data) {
            (67, [size, ..]) => self.qr_module = usize::from(*size).clamp(1, 16),
            (69, [level, ..]) => {
                self.qr_level = match level {
                    49 => EcLevel::M,
                    50 => EcLevel::Q,
                    51 => EcLevel::H,
                    _ => EcLevel::L,
                };
            }
            (80, [48, data @ ..]) => self.qr_data = data.to_vec(),
            (81, _) => {
                self.flush_line(faces);
                match QrCode::with_error_correction_level(&self.qr_data, self.qr_level) {
                    Ok(code) => self.draw_code(&code),
                    Err(error) => self.text.push_str(&format!("[no qr: {error}]\n")),
                }
            }
            _ => {}
        }
    }

    fn draw_code(&mut self, code: &QrCode) {
        let (modules, module) = (code.width(), self.qr_module);
        let left = self.left(modules * module);
        for (index, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Light {
                continue;
            }
            for y in 0..module {
                for x in 0..module {
                    self.dot(left + index % modules * module + x, self.y + index / modules * module + y, 255);
                }
            }
        }
        self.y += modules * module;
        self.text.push_str(&format!("[qr {}]\n", String::from_utf8_lossy(&self.qr_data)));
    }
}

fn char_width(c: char) -> usize {
    if c.is_ascii() { CHAR_WIDTH } else { 2 * CHAR_WIDTH }
}
