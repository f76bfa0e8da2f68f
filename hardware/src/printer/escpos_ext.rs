//! The commands that the `escpos` crate lacks, or writes in another way than the printers of Chinese halls need. Every raw ESC/POS
//! byte of this project is in this file.

/// FS &: Chinese mode on.
pub(crate) const CHINESE_ON: [u8; 2] = [0x1C, 0x26];

/// FS .: Chinese mode off.
pub(crate) const CHINESE_OFF: [u8; 2] = [0x1C, 0x2E];

/// GS V 66 n: feed to the cutter and n dots more, cut but for a bridge, so that the slip does not fall to the floor. The crate's own
/// partial cut sends 65, which is the full one.
pub(crate) const CUT: [u8; 4] = [0x1D, 0x56, 0x42, 0x00];

/// GS r 1: the printer answers once it has worked through all bytes before this one.
pub(crate) const ANSWER_AT_END: [u8; 3] = [0x1D, 0x72, 0x01];

/// DLE EOT n, n from 1 to 4: the printer answers at once. The crate's own request ends with a zero byte that does not belong to it.
pub(crate) fn real_time_status(n: u8) -> [u8; 3] {
    [0x10, 0x04, n]
}

/// ESC J n: feed n dots.
pub(crate) fn feed_dots(n: u8) -> [u8; 3] {
    [0x1B, 0x4A, n]
}

/// A picture of black (true) and white dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bitmap {
    width: usize,
    rows: Vec<u8>,
}

impl Bitmap {
    /// A white picture; the width is rounded up to whole bytes.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let width = width.div_ceil(8);
        Bitmap { width, rows: vec![0; width * height] }
    }

    pub(crate) fn set(&mut self, x: usize, y: usize) {
        if x < self.width * 8
            && let Some(byte) = self.rows.get_mut(y * self.width + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.rows.iter().all(|byte| *byte == 0)
    }

    /// GS v 0: prints the picture.
    pub(crate) fn command(&self) -> Vec<u8> {
        let height = self.rows.len() / self.width.max(1);
        let low_high = |n: usize| [(n % 256) as u8, (n / 256) as u8];
        [&[0x1D, 0x76, 0x30, 0x00], low_high(self.width).as_slice(), &low_high(height), &self.rows].concat()
    }
}
