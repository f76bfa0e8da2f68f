//! Typing on the kiosk among 10,000 items, key by key.

use std::hint::black_box;
use std::time::Instant;

use domain::catalogue::search::{Index, Searchable};
use protocol::catalogue::Catalogue;
use tests::Result;
use tests::world::HALL;

use crate::connection::Latencies;
use crate::hall::Hall;
use crate::report::{Goal, Report};

const ITEMS: usize = 10_000;
/// As many results as a kiosk's page may show.
const SHOWN: usize = 50;
/// What people type: initials, full pinyin, characters, and something that is not there.
const TYPED: [&str; 8] = ["spjyxk", "shipinjingying", "食品经营", "jyz", "营业执照", "fwzl", "gaolingjintie", "xxqqzz"];
const ROUNDS: usize = 20;

pub(crate) async fn measure() -> Result<Report> {
    let hall = Hall::open().await?;
    let catalogue: Catalogue = hall.world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
    let places = ["南园街道", "园岭街道", "福田街道", "沙头街道", "香蜜湖街道", "梅林街道", "莲花街道", "华富街道"];
    // The sample's real names, each again for other places and numbers until there are enough.
    let items: Vec<(String, String)> = (0..ITEMS)
        .map(|number| {
            let item = &catalogue.items[number % catalogue.items.len()];
            let place = places[number / catalogue.items.len() % places.len()];
            (format!("{}-{number}", item.code), format!("{}（{place}）", item.name.zh))
        })
        .collect();
    let index = Index::new(items.iter().map(|(code, name)| Searchable { code, name, ..Searchable::default() }));
    let mut latencies = Latencies::new()?;
    for _ in 0..ROUNDS {
        for typed in TYPED {
            for (end, letter) in typed.char_indices() {
                let so_far = &typed[..end + letter.len_utf8()];
                let started = Instant::now();
                black_box(index.find(black_box(so_far), SHOWN));
                latencies.since(started);
            }
        }
    }
    Ok(Report::new("search")
        .figure("items", index.len() as f64, Goal::None, "")
        .figure("p50_ms", latencies.percentile(50.0), Goal::None, "")
        .figure("p99_ms", latencies.percentile(99.0), Goal::Under(5.0), ""))
}
