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

#[cfg(test)]
mod tests {
    use super::*;

    /// A voice of steady tones: each clip as long as its place in the list says, in milliseconds.
    fn tones(dir: &Path, language: SpokenLanguage) -> HashMap<Clip, u64> {
        let mut lengths = HashMap::new();
        for (index, clip) in all_clips(language).into_iter().enumerate() {
            let millis = 100 + index as u64;
            let path = dir.join(language.code()).join(clip.path());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let samples = vec![6000; millis as usize * 8];
            std::fs::write(path, Wav { rate: 8000, samples }.to_bytes()).unwrap();
            lengths.insert(clip, millis);
        }
        lengths
    }

    #[test]
    fn a_call_is_as_long_as_its_clips_and_pauses_and_as_loud_as_they_are() {
        for language in SpokenLanguage::ALL {
            let dir = tempfile::tempdir().unwrap();
            let lengths = tones(dir.path(), language);
            let voice = Voice::load(dir.path(), language).unwrap();
            let call = Call::new("A012", 105);
            let sound = voice.speak(&call).unwrap();
            let spoken: u64 = clips(language, &call).iter().map(|clip| lengths[clip]).sum();
            let pauses: Duration = clips(language, &call).into_iter().map(pause_after).sum();
            assert_eq!(sound.duration(), Duration::from_millis(spoken) + pauses);
            let loud = spoken as f64 / sound.duration().as_millis() as f64;
            assert!((sound.rms() - 6000.0 * loud.sqrt()).abs() < 1.0, "{}", sound.rms());
        }
    }

    #[test]
    fn a_voice_with_a_missing_or_broken_clip_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        tones(dir.path(), SpokenLanguage::Mandarin);
        let clip = dir.path().join("cmn/digits/7.wav");
        std::fs::write(&clip, "not a sound").unwrap();
        let error = Voice::load(dir.path(), SpokenLanguage::Mandarin).unwrap_err();
        assert!(matches!(&error, VoiceError::BadClip { path, .. } if *path == clip), "{error}");
        std::fs::remove_file(&clip).unwrap();
        let error = Voice::load(dir.path(), SpokenLanguage::Mandarin).unwrap_err();
        assert!(matches!(&error, VoiceError::Missing { path, .. } if *path == clip), "{error}");
    }
}
