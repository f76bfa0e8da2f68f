//! Glyphs from the system's Chinese font, for characters that a printer has not, and for the simulators' paper.

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontVec, GlyphId, PxScale, point};

/// A font file and the face in it whose Latin letters are half as wide as its Chinese ones (Noto Sans Mono CJK SC is the eighth
/// face of Noto's collection), then a proportional one.
const REGULAR: [(&str, u32); 4] = [
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 7),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 7),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
];
const BOLD: [(&str, u32); 2] =
    [("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 7), ("/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc", 7)];

/// A cell on paper, in dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// One loaded face. A file of Noto CJK is 19 MB: load it when it is needed and drop it after.
#[derive(Debug)]
pub struct Glyphs {
    font: FontVec,
    path: PathBuf,
}

/// No Chinese font is installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no Chinese font found; install fonts-noto-cjk")]
pub struct NoFont;

impl Glyphs {
    /// # Errors
    /// [`NoFont`] where none of the known files is there.
    pub fn load(bold: bool) -> Result<Self, NoFont> {
        let candidates = if bold { BOLD.iter().chain(&REGULAR) } else { REGULAR.iter().chain(&BOLD) };
        candidates.into_iter().find_map(|(path, index)| Self::open(Path::new(path), *index)).ok_or(NoFont)
    }

    fn open(path: &Path, index: u32) -> Option<Self> {
        let font = FontVec::try_from_vec_and_index(std::fs::read(path).ok()?, index).ok()?;
        Some(Glyphs { font, path: path.to_owned() })
    }

    /// Where the face was loaded from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn has(&self, c: char) -> bool {
        self.font.glyph_id(c) != GlyphId(0)
    }

    /// Draws a character into its cell; `plot` gets dots and their darkness from 0 to 1. A character that the font lacks becomes
    /// the printers' mark for a missing character, 〓.
    pub fn draw(&self, c: char, cell: Cell, mut plot: impl FnMut(u32, u32, f32)) {
        let c = if self.has(c) { c } else { '〓' };
        // The em box of an ideograph is the cell itself; a Latin letter's cell is half an em wide.
        let em = PxScale { x: cell.width as f32 * if c.is_ascii() { 2.0 } else { 1.0 }, y: cell.height as f32 };
        let units = self.font.units_per_em().unwrap_or(1000.0);
        let to_scale = self.font.height_unscaled() / units;
        let scale = PxScale { x: em.x * to_scale, y: em.y * to_scale };
        let id = self.font.glyph_id(c);
        let advance = self.font.h_advance_unscaled(id) / units * em.x;
        let left = cell.x as f32 + (cell.width as f32 - advance) / 2.0;
        // Ideographs stand on a line 12 % of an em above the cell's bottom; Latin letters need room below theirs.
        let baseline = cell.y as f32 + em.y * if c.is_ascii() { 0.79 } else { 0.88 };
        let Some(outline) = self.font.outline_glyph(id.with_scale_and_position(scale, point(left, baseline))) else {
            return;
        };
        let bounds = outline.px_bounds();
        outline.draw(|x, y, coverage| {
            let x = bounds.min.x + x as f32;
            let y = bounds.min.y + y as f32;
            if x >= 0.0 && y >= 0.0 {
                plot(x as u32, y as u32, coverage);
            }
        });
    }
}
