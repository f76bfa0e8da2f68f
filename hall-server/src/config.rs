//! What an operator sets when starting the server.

use std::path::PathBuf;

use crate::catalogue::connected::Connected;
use crate::files::FileSettings;
use crate::lookups::providers::Providers;
use crate::notices::settings::NoticeSettings;
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
    /// What items may name: providers of shared data, and departments' systems.
    pub connected: Connected,
    /// The key that signs heads and dossiers, where there is one.
    pub evidence: Option<crate::evidence::Setup>,
    pub files: FileSettings,
    /// The registers of other offices that documents can be pulled from.
    pub providers: Providers,
    /// What papers say of remedies, and their fonts.
    pub notices: NoticeSettings,
    /// Departments' own systems.
    pub systems: Systems,
}

/// 福田区, the district of the sample.
pub const SAMPLE_AREA: &str = "440304";

impl Default for Settings {
    fn default() -> Self {
        Settings {
            public_url: String::new(),
            voice: None,
            area: SAMPLE_AREA.to_owned(),
            connected: Connected::default(),
            files: FileSettings::default(),
            providers: Providers::default(),
            evidence: None,
            notices: NoticeSettings::default(),
            systems: Systems::default(),
        }
    }
}
