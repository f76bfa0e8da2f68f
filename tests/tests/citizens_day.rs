//! The whole citizen's day, as `cargo xtask demo --script` plays it.

use tests::{Result, day};

#[tokio::test]
async fn a_citizens_day_from_the_kiosk_to_the_collected_permit() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let played = day::play(folder.path()).await;
    if played.is_err() {
        println!("what is left of the day: {}", folder.keep().display());
    }
    played
}
