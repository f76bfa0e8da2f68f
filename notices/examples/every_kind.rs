//! Writes one paper of every kind into a folder, to be looked at:
//! `cargo run -p notices --example every_kind -- FOLDER`

#[allow(dead_code, reason = "the stories use more of it")]
#[path = "../tests/it/samples.rs"]
mod samples;

use std::path::PathBuf;
use std::time::Instant;

use notices::Fonts;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/notices".into()));
    std::fs::create_dir_all(&folder)?;
    let start = Instant::now();
    let fonts = Fonts::find(None)?;
    println!("{:>8.1} ms  fonts, {}", millis(start), fonts.family());
    for round in ["first time", "again"] {
        println!("{round}:");
        for (name, notice) in samples::every_kind() {
            let start = Instant::now();
            let pdf = notices::render(&notice, &fonts)?;
            println!("{:>8.1} ms  {:>7} bytes  {name}", millis(start), pdf.len());
            std::fs::write(folder.join(format!("{name}.pdf")), pdf)?;
        }
    }
    println!("{}", folder.display());
    Ok(())
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
