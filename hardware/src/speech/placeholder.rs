use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{Clip, SpokenLanguage, Wav, WavError, all_clips};

/// Why the placeholder voice could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PlaceholderError {
    #[error("espeak-ng cannot be started ({0}); install the package espeak-ng")]
    NoProgram(io::Error),
    #[error("espeak-ng failed on {text:?}: {cause}")]
    Failed { text: String, cause: String },
    #[error("espeak-ng gave no usable sound: {0}")]
    BadSound(#[from] WavError),
    #[error("cannot write the clips: {0}")]
    Write(#[from] io::Error),
}

/// Makes a voice for every language with espeak-ng: understandable and robotic, a stand-in until the hall has recorded its own.
/// Clips that are there already stay.
///
/// # Errors
/// [`PlaceholderError`]; clips made until then are kept.
pub fn make_placeholder_voice(dir: &Path) -> Result<(), PlaceholderError> {
    for language in SpokenLanguage::ALL {
        for clip in all_clips(language) {
            let path = dir.join(language.code()).join(clip.path());
            if path.exists() {
                continue;
            }
            let wav = match clip.text(language) {
                Some(text) => espeak(language, clip, &text)?,
                None => chime(),
            };
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let part = path.with_extension("part");
            std::fs::write(&part, wav.to_bytes())?;
            std::fs::rename(&part, &path)?;
        }
    }
    Ok(())
}

fn espeak(language: SpokenLanguage, clip: Clip, text: &str) -> Result<Wav, PlaceholderError> {
    let voice = match (language, clip) {
        // Mandarin's own voice of espeak-ng spells the syllables in English letters; this one says them, with their tones.
        (SpokenLanguage::Mandarin, _) => "cmn-latn-pinyin",
        // It has no names for Latin letters in Cantonese, where people say the English ones anyway.
        (SpokenLanguage::Cantonese, Clip::Letter(_)) => "en",
        (SpokenLanguage::Cantonese, _) => "yue",
        (SpokenLanguage::English, _) => "en",
    };
    let output = Command::new("espeak-ng")
        .args(["-v", voice, "-s", "150", "-a", "150", "--stdout", "--", text])
        .output()
        .map_err(PlaceholderError::NoProgram)?;
    if !output.status.success() {
        let cause = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(PlaceholderError::Failed { text: text.to_owned(), cause });
    }
    let mut wav = Wav::from_bytes(&output.stdout)?;
    wav.trim(Duration::from_millis(20));
    Ok(wav)
}

/// Two falling tones, as a bell.
fn chime() -> Wav {
    let rate = 22_050;
    let mut wav = Wav::new(rate);
    for (frequency, seconds) in [(784.0, 0.35), (622.25, 0.65)] {
        let count = (f64::from(rate) * seconds) as u32;
        wav.samples.extend((0..count).map(|index| {
            let time = f64::from(index) / f64::from(rate);
            let tone = (time * frequency * std::f64::consts::TAU).sin()
                + 0.3 * (time * frequency * 2.0 * std::f64::consts::TAU).sin();
            let attack = (time / 0.01).min(1.0);
            (tone * attack * (-4.0 * time / seconds).exp() * 9000.0) as i16
        }));
    }
    wav
}
