/// The photo of a card as the reader sends it is 1024 bytes in a format (WLT) that only the vendors' own libraries open; there is
/// no open decoder. A customer who has such a library puts it behind this trait in a crate of its own (loading a foreign library
/// needs `unsafe`, which this workspace denies). Everything works without a photo.
pub trait PhotoDecoder: Send {
    /// # Errors
    /// Where the library refuses the bytes or has no licence.
    fn decode(&self, wlt: &[u8]) -> Result<Option<Photo>, PhotoError>;
}

/// A decoded photo, 8-bit red, green, blue, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

/// What the vendor's library said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the photo library failed: {0}")]
pub struct PhotoError(pub String);

/// No library: no photo, and no error.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPhoto;

impl PhotoDecoder for NoPhoto {
    fn decode(&self, _wlt: &[u8]) -> Result<Option<Photo>, PhotoError> {
        Ok(None)
    }
}
