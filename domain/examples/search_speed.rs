//! Measures the search among 10,000 items, key by key, as somebody types: `cargo run -p domain --example search_speed --release`.

use std::time::{Duration, Instant};

use domain::catalogue::search::{Index, Searchable};

const ITEMS: usize = 10_000;
/// As many as a kiosk shows on one page, and some to scroll.
const SHOWN: usize = 30;

const PLACES: [&str; 10] = ["市级", "区级", "街道", "社区", "民办", "个体", "中外合资", "集体", "农村", "城镇"];
const THINGS: [&str; 25] = [
    "食品经营",
    "药品零售",
    "医疗机构",
    "养老机构",
    "道路货物运输",
    "建筑工程",
    "社会保险",
    "基本医疗保险",
    "居住证",
    "不动产",
    "企业设立",
    "劳务派遣",
    "教师资格",
    "残疾人",
    "高龄老人",
    "排污",
    "取水",
    "户外广告",
    "消防安全",
    "互联网上网服务营业场所",
    "特种设备",
    "危险化学品",
    "烟草专卖零售",
    "公共场所卫生",
    "机动车维修",
];
const ACTS: [&str; 10] =
    ["许可", "备案", "登记", "补贴申领", "资格认定", "证照延续", "信息变更", "注销", "查询", "年度审验"];
const KINDS: [&str; 4] = ["", "（新办）", "（变更、延续，含分支机构）", "（自贸试验区内告知承诺方式办理）"];

fn main() {
    let items: Vec<(String, String)> = (0..ITEMS)
        .map(|n| {
            let pick = |all: &[&'static str], by: usize| all[by % all.len()];
            let name = [
                pick(&PLACES, n),
                pick(&THINGS, n / PLACES.len()),
                pick(&ACTS, n / (PLACES.len() * THINGS.len())),
                pick(&KINDS, n / (PLACES.len() * THINGS.len() * ACTS.len())),
            ];
            (format!("511A{n:010}"), name.concat())
        })
        .collect();
    let began = Instant::now();
    let index = Index::new(items.iter().map(|(code, name)| Searchable {
        code,
        name,
        english: "Licence for a food business in the district",
        department: "区市场监督管理局",
        themes: &["经营许可", "开办企业"],
    }));
    println!("index of {} items in {:?}", index.len(), began.elapsed());

    let typed = [
        "shipinjingyingxuke",
        "spjyxk",
        "食品经营许可",
        "s",
        "gaolingjintie",
        "glbt",
        "yinhang",
        "food business licence",
        "zzzz",
        "kzts",
        "医疗 备案",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "区市场监督管理局",
        "511a00000",
        "食许延续",
    ];
    let mut times: Vec<(Duration, String)> = Vec::new();
    for text in typed {
        let keys: Vec<usize> = text.char_indices().map(|(at, ch)| at + ch.len_utf8()).collect();
        for key in keys {
            // The best of several runs: what the search takes, not what else the machine does.
            let runs = (0..20).map(|_| {
                let began = Instant::now();
                std::hint::black_box(index.find(&text[..key], SHOWN));
                began.elapsed()
            });
            times.push((runs.min().unwrap_or_default(), text[..key].to_owned()));
        }
    }
    times.sort();
    let at = |share: f64| &times[((times.len() - 1) as f64 * share) as usize];
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        println!("{name}: {:?} for {:?}", at(share).0, at(share).1);
    }
    for (time, text) in times.iter().rev().take(10) {
        println!("  {time:?} for {text:?}");
    }
    let began = Instant::now();
    let offered = index.phrases("spjy", 8);
    println!("phrases: {:?} for {offered:?}", began.elapsed());
    let began = Instant::now();
    println!("candidates: {} in {:?}", index.candidates("shi").len(), began.elapsed());
}
