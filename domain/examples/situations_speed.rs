//! What it costs to read an item's conditions and to ask them: `cargo run --release -p domain --example situations_speed`.
use std::hint::black_box;
use std::time::Instant;

use domain::catalogue::situations::{Answers, Situations};
use protocol::catalogue::{Choice, Item, Question, RequiredDocument};

fn main() {
    let question = |key: &str| Question {
        key: key.to_owned(),
        choices: ["yes", "no", "later"].map(|key| Choice { key: key.to_owned(), ..Choice::default() }).to_vec(),
        ..Question::default()
    };
    let document = |when: String| RequiredDocument { when, ..RequiredDocument::default() };
    let item = Item {
        questions: ["a", "b", "c"].map(question).to_vec(),
        documents: (0..12)
            .map(|n| {
                let (key, other) = (["a", "b", "c"][n % 3], ["b", "c", "a"][n % 3]);
                document(format!("answers.{key} == \"yes\" && answers.{other} in [\"no\", \"later\"]"))
            })
            .collect(),
        ..Item::default()
    };
    let answers: Answers =
        [("a", "yes"), ("b", "no"), ("c", "later")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let times = 2_000_u32;
    let start = Instant::now();
    for _ in 0..times {
        black_box(Situations::of(black_box(&item)));
    }
    println!("reading 12 conditions: {:.1} µs", start.elapsed().as_secs_f64() * 1e6 / f64::from(times));
    let situations = Situations::of(&item);
    let start = Instant::now();
    for _ in 0..times * 50 {
        black_box(situations.applies(black_box(&answers)));
    }
    println!(
        "asking 12 conditions over 3 answers: {:.2} µs",
        start.elapsed().as_secs_f64() * 1e6 / f64::from(times * 50)
    );
}
