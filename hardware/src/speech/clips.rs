use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Call, Clip, SpokenLanguage, Wav, WavError, all_clips, clips};

/// A language's recorded clips, in memory (one to two megabytes).
#[derive(Debug, Clone)]
pub struct Voice {
    language: SpokenLanguage,
    clips: HashMap<Clip, Wav>,
    rate: u32,
}

/// Why a voice cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    #[error("cannot read the clip {path}: {cause}")]
    Missing { path: PathBuf, cause: io::Error },
    #[error("the clip {path} is not usable: {cause}")]
    BadClip { path: PathBuf, cause: WavError },
    #[error("the call to window {window} needs a clip that no voice has")]
    Unspeakable { window: u32 },
}

impl Voice {
    /// Loads the folder `dir`/`cmn`, `yue` or `en`, all clips or none.
    ///
    /// # Errors
    /// [`VoiceError`] names the first clip that is missing or no sound.
    pub fn load(dir: &Path, language: SpokenLanguage) -> Result<Self, VoiceError> {
        let mut loaded = HashMap::new();
        let mut rate = 0;
        for clip in all_clips(language) {
            let path = dir.join(language.code()).join(clip.path());
            let bytes = std::fs::read(&path).map_err(|cause| VoiceError::Missing { path: path.clone(), cause })?;
            let wav = Wav::from_bytes(&bytes).map_err(|cause| VoiceError::BadClip { path, cause })?;
            rate = rate.max(wav.rate);
            loaded.insert(clip, wav);
        }
        Ok(Voice { language, clips: loaded, rate })
    }

    pub fn language(&self) -> SpokenLanguage {
        self.language
    }

    /// Mixes a call into one sound.
    ///
    /// # Errors
    /// [`VoiceError::Unspeakable`] where a clip is not there; a loaded voice has them all.
    pub fn speak(&self, call: &Call) -> Result<Wav, VoiceError> {
        let mut sound = Wav::new(self.rate);
        for clip in clips(self.language, call) {
            let piece = self.clips.get(&clip).ok_or(VoiceError::Unspeakable { window: call.window })?;
            sound.append(piece);
            sound.pause(pause_after(clip));
        }
        Ok(sound)
    }
}

/// A little air between the pieces; more where a sentence would have a comma.
pub(super) fn pause_after(clip: Clip) -> Duration {
    Duration::from_millis(match clip {
        Clip::Chime => 250,
        Clip::Please | Clip::Letter(_) | Clip::Digit(_) => 40,
        Clip::Number(_) => 20,
        Clip::GoTo => 80,
        Clip::Window => 0,
    })
}
