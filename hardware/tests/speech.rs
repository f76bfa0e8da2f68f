//! Spoken calls: the placeholder voice, and the speaker's queue.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use hardware::speech::{
    Call, Output, PlaceholderError, QuietHours, Speaker, SpeakerConfig, SpeakerEvent, SpokenLanguage, Voice, Wav,
    all_clips, make_placeholder_voice,
};
use jiff::civil::{Time, time};

/// A voice of short tones.
fn voice(dir: &Path) -> Voice {
    for clip in all_clips(SpokenLanguage::Mandarin) {
        let path = dir.join("cmn").join(clip.path());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, Wav { rate: 8000, samples: vec![8000; 80] }.to_bytes()).unwrap();
    }
    Voice::load(dir, SpokenLanguage::Mandarin).unwrap()
}

fn config(dir: &Path, output: Output) -> SpeakerConfig {
    SpeakerConfig {
        voices: vec![voice(dir)],
        repeats: 2,
        pause: Duration::from_millis(1),
        volume: 50,
        quiet: None,
        output,
    }
}

fn speaker(config: SpeakerConfig, now: Time) -> (Speaker, Receiver<SpeakerEvent>) {
    let (tell, events) = mpsc::channel();
    (Speaker::spawn(config, move || now, move |event| tell.send(event).unwrap_or_default()), events)
}

fn next(events: &Receiver<SpeakerEvent>) -> SpeakerEvent {
    events.recv_timeout(Duration::from_secs(20)).unwrap()
}

/// A player that never ends by itself.
fn endless() -> Output {
    Output::Player { program: "sh".into(), args: vec!["-c".into(), "exec sleep 600".into(), "sh".into()] }
}

const NOON: Time = time(12, 0, 0, 0);

#[test]
fn calls_are_said_one_after_the_other_as_often_as_set_and_at_the_set_volume() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let (speaker, events) = speaker(config(dir.path(), Output::Folder(out.clone())), NOON);
    let first = speaker.call(Call::new("A001", 3));
    let second = speaker.call(Call::new("A002", 12));
    let said: Vec<_> = (0..4).map(|_| next(&events)).collect();
    use SpeakerEvent::{Finished, Started};
    assert_eq!(said, [Started(first), Finished(first), Started(second), Finished(second)]);
    let loud = Voice::load(dir.path(), SpokenLanguage::Mandarin).unwrap().speak(&Call::new("A001", 3)).unwrap();
    let file = Wav::from_bytes(&std::fs::read(out.join("call-1.wav")).unwrap()).unwrap();
    assert_eq!(file.duration(), loud.duration());
    assert!((file.rms() * 2.0 - loud.rms()).abs() < 2.0);
    assert_eq!(std::fs::read_dir(out).unwrap().count(), 4);
}

#[test]
fn a_call_that_is_taken_back_is_cut_off_and_the_next_one_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (speaker, events) = speaker(config(dir.path(), endless()), NOON);
    let first = speaker.call(Call::new("A001", 3));
    let waiting = speaker.call(Call::new("A002", 3));
    let third = speaker.call(Call::new("A003", 3));
    assert_eq!(next(&events), SpeakerEvent::Started(first));
    assert!(speaker.cancel(waiting));
    assert!(speaker.cancel_number("A001"));
    assert_eq!(next(&events), SpeakerEvent::Cancelled(first));
    assert_eq!(next(&events), SpeakerEvent::Started(third));
    assert!(!speaker.cancel(first));
}

#[test]
fn nothing_is_said_in_quiet_hours() {
    let dir = tempfile::tempdir().unwrap();
    let quiet = QuietHours { from: time(22, 0, 0, 0), to: time(7, 0, 0, 0) };
    let config = SpeakerConfig { quiet: Some(quiet), ..config(dir.path(), endless()) };
    let (speaker, events) = speaker(config, time(6, 59, 0, 0));
    let call = speaker.call(Call::new("A001", 3));
    assert_eq!(next(&events), SpeakerEvent::Quiet(call));
    assert!(quiet.contains(time(22, 0, 0, 0)) && !quiet.contains(time(7, 0, 0, 0)) && !quiet.contains(NOON));
    let noon = QuietHours { from: NOON, to: time(14, 0, 0, 0) };
    assert!(noon.contains(NOON) && !noon.contains(time(14, 0, 0, 0)));
}

#[test]
fn a_player_that_is_missing_or_fails_is_told_and_the_speaker_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    for program in ["/nonexistent/player", "false"] {
        let output = Output::Player { program: program.into(), args: vec![] };
        let (speaker, events) = speaker(config(dir.path(), output), NOON);
        for _ in 0..2 {
            let call = speaker.call(Call::new("A001", 3));
            assert_eq!(next(&events), SpeakerEvent::Started(call));
            assert!(matches!(next(&events), SpeakerEvent::Failed(id, _) if id == call));
        }
    }
}

#[test]
fn the_placeholder_voice_speaks_every_language_or_says_what_to_install() {
    let dir = tempfile::tempdir().unwrap();
    match make_placeholder_voice(dir.path()) {
        Ok(()) => {
            for language in SpokenLanguage::ALL {
                let sound = Voice::load(dir.path(), language).unwrap().speak(&Call::new("A001", 12)).unwrap();
                assert!((3.0..12.0).contains(&sound.duration().as_secs_f64()), "{language}: {:?}", sound.duration());
                assert!(sound.rms() > 500.0, "{language}: {}", sound.rms());
            }
        }
        Err(error) => {
            assert!(matches!(error, PlaceholderError::NoProgram(_)), "{error}");
            assert!(error.to_string().contains("install the package espeak-ng"));
        }
    }
}
