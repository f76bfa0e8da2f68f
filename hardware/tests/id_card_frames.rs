//! The ID-card reader's frames, byte for byte as published, and the parser in any noise.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use hardware::id_card::frame::{self, Command, FrameParser, MAX_LEN, PREAMBLE, Received, SamStatus};
use proptest::prelude::*;

fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace().map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn received(stream: &[u8]) -> Vec<Received> {
    let mut parser = FrameParser::default();
    parser.feed(stream);
    std::iter::from_fn(|| parser.next_received()).collect()
}

#[test]
fn every_published_command_is_built_byte_for_byte() {
    let table = [
        (Command::ResetSam, "AA AA AA 96 69 00 03 10 FF EC"),
        (Command::SamStatus, "AA AA AA 96 69 00 03 11 FF ED"),
        (Command::SamId, "AA AA AA 96 69 00 03 12 FF EE"),
        (Command::Find, "AA AA AA 96 69 00 03 20 01 22"),
        (Command::Select, "AA AA AA 96 69 00 03 20 02 21"),
        (Command::ReadBase, "AA AA AA 96 69 00 03 30 01 32"),
        (Command::ReadBaseAndFingerprint, "AA AA AA 96 69 00 03 30 10 23"),
        (Command::ReadNewAddress, "AA AA AA 96 69 00 03 30 03 30"),
        (Command::SetMaxRf(0x50), "AA AA AA 96 69 00 04 61 FF 50 CA"),
    ];
    for (command, hex) in table {
        assert_eq!(command.frame(), bytes(hex), "{command:?}");
        let [Received::Frame(body)] = &received(&bytes(hex))[..] else { panic!("{command:?}") };
        assert_eq!(Command::from_body(body), Some(command));
    }
}

#[test]
fn every_published_answer_is_read_byte_for_byte() {
    let table = [
        (SamStatus::Found, 4, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"),
        (SamStatus::FindFailed, 0, "AA AA AA 96 69 00 04 00 00 80 84"),
        (SamStatus::Ok, 8, "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"),
        (SamStatus::SelectFailed, 0, "AA AA AA 96 69 00 04 00 00 81 85"),
        (SamStatus::ReadFailed, 0, "AA AA AA 96 69 00 04 00 00 41 45"),
    ];
    for (status, data, hex) in table {
        let [Received::Frame(body)] = &received(&bytes(hex))[..] else { panic!("{hex}") };
        assert_eq!(SamStatus::from_code(body[2]), status);
        assert_eq!(body.len(), 3 + data);
        assert_eq!(frame::build(body), bytes(hex));
    }
    assert_eq!(frame::build(&[0x00, 0x00, 0x90])[5..], bytes("00 04 00 00 90 94"));
}

#[test]
fn the_answers_with_text_photo_and_fingerprints_have_the_published_lengths() {
    for (lengths, data, whole) in
        [(4, 256 + 1024, 1295), (6, 256 + 1024 + 1024, 2321), (6, 256 + 1024 + 512, 1809), (6, 256 + 1024, 1297)]
    {
        let answer = frame::build(&vec![0; 3 + lengths + data]);
        assert_eq!(answer.len(), whole);
        assert_eq!(received(&answer).len(), 1);
    }
}

#[test]
fn the_readers_own_timeout_is_known_and_the_frame_behind_it_is_read() {
    let stream = [bytes("AA AA AA 96 69 00 05 05 05 05"), Command::Find.frame()].concat();
    let found = received(&stream);
    assert_eq!(found, [Received::ReaderTimeout, Received::Frame(vec![0x20, 0x01])]);
}

#[test]
fn a_wrong_checksum_is_said_and_the_next_frame_is_read() {
    let mut spoilt = Command::ReadBase.frame();
    *spoilt.last_mut().unwrap() ^= 1;
    let found = received(&[spoilt, Command::Find.frame()].concat());
    assert_eq!(found, [Received::BadChecksum, Received::Frame(vec![0x20, 0x01])]);
}

#[test]
fn half_a_frame_waits_and_giving_it_up_frees_the_one_behind() {
    let half = &frame::build(&[0x55; 900])[..200];
    let mut parser = FrameParser::default();
    parser.feed(&[half, &Command::Select.frame()].concat());
    assert_eq!(parser.next_received(), None);
    assert!(parser.give_up());
    assert_eq!(parser.next_received(), Some(Received::Frame(vec![0x20, 0x02])));
    assert!(!parser.give_up());
}

#[test]
fn a_length_beyond_the_longest_answer_is_noise() {
    let lie = [&PREAMBLE[..], &[0xFF, 0xFF, 1, 2, 3]].concat();
    assert_eq!(received(&[lie, Command::Find.frame()].concat()), [Received::Frame(vec![0x20, 0x01])]);
}

#[test]
fn every_status_code_reads_back() {
    for code in 0..=u8::MAX {
        assert_eq!(SamStatus::from_code(code).code(), code);
    }
}

/// Noise in which no preamble is complete; it may well end with the beginning of one.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![3 => any::<u8>(), 1 => Just(0xAA)], 0..60)
        .prop_filter("no whole preamble", |noise| !noise.windows(5).any(|window| window == PREAMBLE))
}

proptest! {
    #[test]
    fn every_good_frame_is_found_in_any_noise_and_any_pieces(
        parts in proptest::collection::vec((noise(), proptest::collection::vec(any::<u8>(), 1..80)), 1..6),
        cuts in proptest::collection::vec(1usize..40, 0..60),
    ) {
        // A body that looks like the reader's own timeout is taken for it, as the reader means it.
        let parts: Vec<_> = parts.into_iter().filter(|(_, body)| !(body.len() == 4 && body.starts_with(&[5, 5, 5]))).collect();
        let stream: Vec<u8> = parts.iter().flat_map(|(noise, body)| [noise.clone(), frame::build(body)].concat()).collect();
        let mut parser = FrameParser::default();
        let mut found = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts.into_iter().chain([usize::MAX]) {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            parser.feed(piece);
            rest = after;
            while let Some(Received::Frame(body)) = parser.next_received() {
                found.push(body);
            }
        }
        prop_assert_eq!(found, parts.into_iter().map(|(_, body)| body).collect::<Vec<_>>());
    }

    #[test]
    fn no_stream_makes_the_parser_panic_hang_or_hoard(noise in proptest::collection::vec(any::<u8>(), 0..3000)) {
        // Half of the bytes are those that frames begin with.
        let begin = [PREAMBLE[0], PREAMBLE[3], PREAMBLE[4], 0x00];
        let stream: Vec<u8> = noise.iter().map(|byte| if byte & 0x80 == 0 { begin[usize::from(*byte) % 4] } else { *byte }).collect();
        let mut parser = FrameParser::default();
        let mut results = 0;
        for piece in stream.chunks(97) {
            parser.feed(piece);
            while parser.next_received().is_some() {
                results += 1;
            }
        }
        prop_assert!(results <= stream.len());
        // What is held back is at most one frame; giving up byte by byte always ends.
        let mut held = 0;
        while parser.give_up() {
            held += 1;
            while parser.next_received().is_some() {}
        }
        prop_assert!(held <= MAX_LEN + 7);
    }
}
