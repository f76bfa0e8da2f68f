//! What an operator sets when starting the server.

use std::path::PathBuf;

use exchange::settings::Systems;

/// Settings of a running server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address under which phones reach the server, without a trailing slash: it stands in QR codes.
    pub public_url: String,
    /// The folder of recorded clips for spoken calls, where there is one.
    pub voice: Option<PathBuf>,
    /// The district's division code (GB/T 2260), which begins case numbers.
    pub area: String,
    /// Departments' own systems.
    pub systems: Systems,
}

/// 福田区, the district of the sample.
pub const SAMPLE_AREA: &str = "440304";

impl Default for Settings {
    fn default() -> Self {
        Settings { public_url: String::new(), voice: None, area: SAMPLE_AREA.to_owned(), systems: Systems::default() }
    }
}
