//! Spoken calls (语音叫号): a ticket and a window become a list of recorded clips, the clips become one sound.
//!
//! # The clip folder
//!
//! One folder per language, `cmn` (Mandarin), `yue` (Cantonese), `en` (English), with 16-bit PCM WAV files of one sampling rate,
//! mono or stereo. A hall records its own; `hall-voice --out DIR` makes a placeholder voice with espeak-ng.
//!
//! ```text
//! cmn/chime.wav                 the sound before a call
//! cmn/letters/A.wav … Z.wav     letters of ticket numbers
//! cmn/digits/0.wav … 9.wav      digits, and the tens of numbers
//! cmn/numbers/10.wav 100.wav    十, 百 (English: 10 … 19, 20, 30 … 90, 100)
//! cmn/words/please.wav          请 (English: "number")
//! cmn/words/go-to.wav           号到 (English: "please go to window")
//! cmn/words/window.wav          号窗口 (not in English)
//! ```
//!
//! Ticket numbers are read digit by digit, window numbers as numbers: 请 A 零 零 一 号到 十 二 号窗口.

mod clips;
mod grammar;
mod placeholder;
mod speaker;
mod wav;

pub use clips::{Voice, VoiceError};
pub use grammar::{Call, Clip, SpokenLanguage, UnknownLanguage, all_clips, clips};
pub use placeholder::{PlaceholderError, make_placeholder_voice};
pub use speaker::{CallId, Output, QuietHours, Speaker, SpeakerConfig, SpeakerEvent};
pub use wav::{Wav, WavError};
