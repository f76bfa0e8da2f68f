//! What an operator sets when starting the server.

use std::path::PathBuf;

/// Settings of a running server.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The address under which phones reach the server, without a trailing slash: it stands in QR codes.
    pub public_url: String,
    /// The folder of recorded clips for spoken calls, where there is one.
    pub voice: Option<PathBuf>,
}
