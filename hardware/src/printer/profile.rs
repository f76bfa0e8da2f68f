use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a printer takes QR codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QrCode {
    /// `GS ( k`: small, drawn by the printer.
    Native,
    /// `GS v 0`: a picture; works on every printer.
    Raster,
}

/// What a printer model can do. In configuration files the name alone: `"epson"` or `"raster"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Profile {
    pub name: String,
    pub qr: QrCode,
    /// Printable width in dots: 576 for 80 mm paper at 8 dots/mm.
    pub dots: u16,
    /// Characters of font A (12 dots) in a line; a Chinese character takes two.
    pub columns: usize,
    /// Whether the firmware prints 4-byte GB18030 characters (rare names: 㐂, 𠮷). Untested firmware does not: such lines are
    /// printed as pictures from the system's own font.
    pub four_byte_chinese: bool,
    pub limits: Limits,
}

/// Time limits of one conversation with the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To open the connection.
    pub connect: Duration,
    /// For the answer to one status question.
    pub answer: Duration,
    /// For the printer to take a piece of the ticket.
    pub write: Duration,
    /// From the last byte sent until the printer says it has worked through all of them. A printer that never says so costs this
    /// time for every slip.
    pub finish: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(2),
            answer: Duration::from_millis(800),
            write: Duration::from_secs(5),
            finish: Duration::from_secs(8),
        }
    }
}

/// Why a text is not a [`Profile`]'s name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("printer profile {0:?} is not known; there are \"epson\" and \"raster\"")]
pub struct UnknownProfile(pub String);

impl Profile {
    /// 80 mm printers with Epson's QR command.
    pub fn epson() -> Self {
        Profile {
            name: "epson".to_owned(),
            qr: QrCode::Native,
            dots: 576,
            columns: 48,
            four_byte_chinese: false,
            limits: Limits::default(),
        }
    }

    /// 80 mm printers whose QR command is missing or untested: codes are sent as pictures.
    pub fn raster() -> Self {
        Profile { name: "raster".to_owned(), qr: QrCode::Raster, ..Profile::epson() }
    }

    /// The profile of that name.
    pub fn named(name: &str) -> Result<Self, UnknownProfile> {
        match name {
            "epson" => Ok(Profile::epson()),
            "raster" => Ok(Profile::raster()),
            other => Err(UnknownProfile(other.to_owned())),
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Profile::epson()
    }
}

impl TryFrom<String> for Profile {
    type Error = UnknownProfile;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Profile::named(&name)
    }
}

impl From<Profile> for String {
    fn from(profile: Profile) -> Self {
        profile.name
    }
}
