use std::fmt;

/// The number of a reader's security module, as printed on its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SamId(pub [u8; 16]);

impl SamId {
    fn u16_at(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.0[at], self.0[at + 1]])
    }

    fn u32_at(&self, at: usize) -> u32 {
        u32::from_le_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }
}

/// `05.01-20190716-0000123456-0123456789`: two 16-bit and three 32-bit little-endian numbers.
impl fmt::Display for SamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02}.{:02}-{:08}-{:010}-{:010}",
            self.u16_at(0),
            self.u16_at(2),
            self.u32_at(4),
            self.u32_at(8),
            self.u32_at(12)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_number_reads_as_on_the_label() {
        let id = SamId([5, 0, 1, 0, 0x3c, 0x14, 0x34, 1, 0x40, 0xe2, 1, 0, 0x15, 0xcd, 0x5b, 7]);
        assert_eq!(id.to_string(), "05.01-20190268-0000123456-0123456789");
    }
}
