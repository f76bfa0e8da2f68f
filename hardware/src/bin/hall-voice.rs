//! `hall-voice`: makes the placeholder voice for spoken calls, or speaks one call into a file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use hardware::speech::{Call, SpokenLanguage, Voice, make_placeholder_voice};

/// Makes a voice for spoken calls with espeak-ng; with --say also one call.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// The folder for the clips: one folder per language in it
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Speak this ticket number into FILE (--file) with the voice
    #[arg(long, value_name = "NUMBER", requires = "file")]
    say: Option<String>,
    /// The window for --say
    #[arg(long, default_value_t = 1)]
    window: u32,
    /// cmn, yue or en, for --say
    #[arg(long, default_value = "cmn")]
    language: SpokenLanguage,
    /// Where --say writes the sound
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hall-voice: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    make_placeholder_voice(&options.out)?;
    if let (Some(number), Some(file)) = (&options.say, &options.file) {
        let sound = Voice::load(&options.out, options.language)?.speak(&Call::new(number, options.window))?;
        std::fs::write(file, sound.to_bytes())?;
        println!("{} ({:.1} s)", file.display(), sound.duration().as_secs_f64());
    }
    println!("voice in {}", options.out.display());
    Ok(())
}
