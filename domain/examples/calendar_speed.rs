//! Measures the calendar as the sweep over open cases asks it: `cargo run -p domain --example calendar_speed --release`.

use std::hint::black_box;
use std::time::Instant;

use domain::calendar::{Calendar, Pause};
use jiff::ToSpan;
use jiff::civil::{Date, date};

const ROUNDS: usize = 1_000_000;

fn main() {
    let calendar = Calendar::published();
    let starts: Vec<Date> = date(2024, 1, 1).series(1.day()).take(1000).collect();
    let start = |n: usize| starts[n % starts.len()];
    measure("due of 10 working days", |n| calendar.due(start(n), 10).date.day());
    measure("due of 60 working days", |n| calendar.due(start(n), 60).date.day());
    measure("due of 10, paused once", |n| {
        let from = start(n);
        let pause = Pause { from, to: start(n + 14).max(from) };
        calendar.due_with_pauses(from, 10, &[pause]).map_or(0, |due| due.date.day())
    });
    measure("working days between", |n| calendar.working_days(start(n), start(n + 40)) as i8);
    measure("kind of a day", |n| i8::from(calendar.kind(start(n)).is_worked()));
}

fn measure(what: &str, question: impl Fn(usize) -> i8) {
    let began = Instant::now();
    for n in 0..ROUNDS {
        black_box(question(black_box(n)));
    }
    println!("{what:26} {:6.1} ns", began.elapsed().as_nanos() as f64 / ROUNDS as f64);
}
