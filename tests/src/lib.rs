//! Drivers for the hall's real programs at their real edges: windows through Slint's remote control, pages in a real
//! browser, devices through the simulators' other side. The journeys (`tests/tests`) and the demo are made of them.

pub mod api;
pub mod browser;
pub mod day;
pub mod evidence;
pub mod lossy_line;
pub mod neighbours;
pub mod people;
pub mod program;
pub mod qr;
pub mod screen;
pub mod simulators;
pub mod until;
pub mod world;

/// What a step gives. The error is a sentence that says what was awaited and what was there instead.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Where the programs under test are: `HALL_BIN_DIR`, or the folder that this program was built into.
pub fn programs() -> Result<std::path::PathBuf> {
    if let Some(folder) = std::env::var_os("HALL_BIN_DIR") {
        return Ok(folder.into());
    }
    let own = std::env::current_exe()?;
    let folder = own.parent().ok_or("this program has no folder")?;
    // Cargo puts test programs one folder deeper.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_owned())
}
