//! 16-bit PCM WAV, as little as the clips need.

/// A sound: mono, 16 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Wav {
    /// Samples a second.
    pub rate: u32,
    pub samples: Vec<i16>,
}

impl std::fmt::Debug for Wav {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wav").field("rate", &self.rate).field("samples", &self.samples.len()).finish()
    }
}

/// Why a file is not a sound that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    #[error("not a WAV file")]
    NotWav,
    #[error("the file ends before its data does")]
    Short,
    #[error("only 16-bit PCM is used here (format {format}, {bits} bits)")]
    Format { format: u16, bits: u16 },
}

impl Wav {
    pub fn new(rate: u32) -> Self {
        Wav { rate, samples: Vec::new() }
    }

    /// Reads a file's bytes; stereo is mixed down to mono. A data length beyond the end of the file (as streaming programs write
    /// it) means "to the end".
    ///
    /// # Errors
    /// [`WavError`] where it is not 16-bit PCM.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WavError> {
        let u16_at = |bytes: &[u8], at: usize| Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        let u32_at =
            |bytes: &[u8], at: usize| Some(u32::from(u16_at(bytes, at)?) | u32::from(u16_at(bytes, at + 2)?) << 16);
        if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            return Err(WavError::NotWav);
        }
        let mut rest = &bytes[12..];
        let mut format = None;
        while let Some((name, after)) = rest.split_first_chunk::<4>() {
            let len = u32_at(after, 0).ok_or(WavError::Short)? as usize;
            let body = &after[4..];
            let content = &body[..len.min(body.len())];
            match name {
                b"fmt " => {
                    let kind = u16_at(content, 0).ok_or(WavError::Short)?;
                    let channels = u16_at(content, 2).ok_or(WavError::Short)?;
                    let rate = u32_at(content, 4).ok_or(WavError::Short)?;
                    let bits = u16_at(content, 14).ok_or(WavError::Short)?;
                    // 0xFFFE is PCM with a longer description.
                    if !matches!(kind, 1 | 0xFFFE) || bits != 16 || channels == 0 || rate == 0 {
                        return Err(WavError::Format { format: kind, bits });
                    }
                    format = Some((usize::from(channels), rate));
                }
                b"data" => {
                    let (channels, rate) = format.ok_or(WavError::NotWav)?;
                    let samples = content
                        .chunks_exact(2 * channels)
                        .map(|frame| {
                            let sum: i32 =
                                frame.chunks_exact(2).map(|s| i32::from(i16::from_le_bytes([s[0], s[1]]))).sum();
                            (sum / channels as i32) as i16
                        })
                        .collect();
                    return Ok(Wav { rate, samples });
                }
                _ => {}
            }
            // Chunks begin at even places.
            rest = body.get(len + len % 2..).unwrap_or(&[]);
        }
        Err(WavError::Short)
    }

    /// The whole file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let data = self.samples.len() as u32 * 2;
        let mut bytes = Vec::with_capacity(44 + data as usize);
        bytes.extend(b"RIFF");
        bytes.extend((36 + data).to_le_bytes());
        bytes.extend(b"WAVEfmt ");
        bytes.extend(16u32.to_le_bytes());
        bytes.extend([1, 0, 1, 0]);
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend((self.rate * 2).to_le_bytes());
        bytes.extend([2, 0, 16, 0]);
        bytes.extend(b"data");
        bytes.extend(data.to_le_bytes());
        bytes.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        bytes
    }

    pub fn duration(&self) -> std::time::Duration {
        std::time::Duration::from_secs_f64(self.samples.len() as f64 / f64::from(self.rate))
    }

    /// Loudness: the root of the samples' mean square, from 0 to 32767.
    pub fn rms(&self) -> f64 {
        let sum: f64 = self.samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        (sum / self.samples.len().max(1) as f64).sqrt()
    }

    /// Adds silence.
    pub fn pause(&mut self, time: std::time::Duration) {
        let samples = (time.as_secs_f64() * f64::from(self.rate)).round() as usize;
        self.samples.resize(self.samples.len() + samples, 0);
    }

    /// Adds another sound, brought to this one's rate.
    pub fn append(&mut self, other: &Wav) {
        if other.rate == self.rate {
            self.samples.extend(&other.samples);
            return;
        }
        let count = (other.samples.len() as u64 * u64::from(self.rate) / u64::from(other.rate)) as usize;
        let step = f64::from(other.rate) / f64::from(self.rate);
        self.samples.extend((0..count).map(|index| {
            let at = index as f64 * step;
            let left = other.samples.get(at as usize).copied().unwrap_or(0);
            let right = other.samples.get(at as usize + 1).copied().unwrap_or(left);
            (f64::from(left) + (f64::from(right) - f64::from(left)) * at.fract()) as i16
        }));
    }

    /// Cuts near-silence off both ends, down to `keep` of it: pieces of speech then join at the same pace.
    pub fn trim(&mut self, keep: std::time::Duration) {
        let loud = |sample: &i16| sample.unsigned_abs() > 300;
        let (Some(first), Some(last)) = (self.samples.iter().position(loud), self.samples.iter().rposition(loud))
        else {
            return;
        };
        let keep = (keep.as_secs_f64() * f64::from(self.rate)) as usize;
        let end = (last + 1 + keep).min(self.samples.len());
        self.samples.truncate(end);
        self.samples.drain(..first.saturating_sub(keep));
    }

    /// Multiplies by `percent`, without wrapping.
    pub fn set_volume(&mut self, percent: u8) {
        for sample in &mut self.samples {
            *sample =
                (i32::from(*sample) * i32::from(percent) / 100).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sound_survives_its_file() {
        let wav = Wav { rate: 22_050, samples: vec![0, 1, -1, i16::MAX, i16::MIN] };
        assert_eq!(Wav::from_bytes(&wav.to_bytes()).unwrap(), wav);
    }

    #[test]
    fn another_rate_keeps_the_length_in_time() {
        let mut wav = Wav::new(16_000);
        wav.append(&Wav { rate: 22_050, samples: vec![1000; 22_050] });
        assert_eq!(wav.duration(), Duration::from_secs(1));
        assert!((wav.rms() - 1000.0).abs() < 1.0);
        wav.set_volume(50);
        assert!((wav.rms() - 500.0).abs() < 1.0);
    }

    #[test]
    fn a_picture_or_a_compressed_sound_is_refused() {
        assert_eq!(Wav::from_bytes(b"\x89PNG"), Err(WavError::NotWav));
        let mut bytes = Wav { rate: 8000, samples: vec![1; 10] }.to_bytes();
        bytes[20] = 3;
        assert_eq!(Wav::from_bytes(&bytes), Err(WavError::Format { format: 3, bits: 16 }));
        assert_eq!(Wav::from_bytes(&bytes[..30]), Err(WavError::Short));
    }

    proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(noise in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..60, byte: u8) {
            let _ = Wav::from_bytes(&noise);
            let mut bytes = Wav { rate: 8000, samples: vec![1; 20] }.to_bytes();
            bytes[at] = byte;
            let _ = Wav::from_bytes(&bytes);
        }
    }
}
