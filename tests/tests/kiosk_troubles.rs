//! What the kiosk does when a device or the server fails under somebody's hands.

use std::time::Duration;

use protocol::case::{Case, Receipt};
use protocol::catalogue::{Catalogue, IdentityRule, Item};
use protocol::queue::QueueSnapshot;
use serde_json::{Value, json};
use tests::Result;
use tests::lossy_line::LossyLine;
use tests::people::Citizen;
use tests::screen::{button, text};
use tests::simulators::Simulators;
use tests::until::{until, within};
use tests::world::{Frame, HALL, OpenedCase, Station, Windows, Wiring, World};

struct Hall {
    world: World,
    devices: Simulators,
    kiosk: Station,
    /// A common service that a phone number is enough for.
    item: Item,
    _folder: tempfile::TempDir,
}

impl Hall {
    async fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let world = World::open(folder.path()).await?;
        Self::furnish(folder, world, &Wiring::default()).await
    }

    /// The kiosk reaches the server over a line that can lose answers.
    async fn open_at_a_lossy_line() -> Result<(Self, LossyLine)> {
        let folder = tempfile::tempdir()?;
        let world = World::open(folder.path()).await?;
        let line = LossyLine::to(&world.address()).await?;
        let wiring = Wiring { server: Some(line.address().to_owned()), ..Wiring::default() };
        Ok((Self::furnish(folder, world, &wiring).await?, line))
    }

    async fn furnish(folder: tempfile::TempDir, world: World, wiring: &Wiring) -> Result<Self> {
        let devices = world.simulators("kiosk").await?;
        let portrait = Frame { width: 1080, height: 1920 };
        let kiosk = world.kiosk_wired(wiring, &devices, portrait, Windows::Headless).await?;
        let item = common_item(&world).await?;
        Ok(Hall { world, devices, kiosk, item, _folder: folder })
    }

    /// Touches the way to a ticket, with a phone number.
    async fn ask_for_ticket(&self) -> Result<()> {
        self.kiosk.screen.touch(&button(&self.item.name.zh)).await?;
        self.kiosk.screen.touch(&button("取号")).await?;
        self.give_phone().await
    }

    async fn give_phone(&self) -> Result<()> {
        self.type_phone().await?;
        self.kiosk.screen.touch(&button("确定并取号")).await.map(drop)
    }

    async fn type_phone(&self) -> Result<()> {
        let screen = &self.kiosk.screen;
        screen.touch(&button("用手机号码取号")).await?;
        for digit in "13800138000".chars() {
            screen.touch(&button(digit)).await?;
        }
        Ok(())
    }

    async fn taken_today(&self) -> Result<i64> {
        let queue: QueueSnapshot = self.world.api.get(&format!("/api/v1/halls/{HALL}/queue")).await?.ok()?;
        Ok(queue.lines.iter().map(|line| line.taken_today).sum())
    }
}

/// A common service that a phone number is enough for.
async fn common_item(world: &World) -> Result<Item> {
    let catalogue: Catalogue = world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
    let mut common: Vec<_> = catalogue.offers.iter().filter(|offer| offer.open && offer.common > 0).collect();
    common.sort_by_key(|offer| offer.common);
    let items = common.into_iter().filter_map(|offer| catalogue.items.iter().find(|item| item.code == offer.item));
    let found = items.into_iter().find(|item| item.identity != IdentityRule::Card).cloned();
    found.ok_or_else(|| "the sample has no common service that a phone number is enough for".into())
}

#[tokio::test]
async fn a_printer_that_dies_in_the_middle_keeps_the_ticket_and_offers_it_once() -> Result<()> {
    let hall = Hall::open().await?;
    let screen = &hall.kiosk.screen;
    hall.devices.printer_fault(&json!({ "fault": "die-after", "bytes": 60 })).await?;
    hall.ask_for_ticket().await?;
    screen.see(&text("号码有效，可以再打印一次")).await?;
    assert_eq!(hall.taken_today().await?, 1);
    assert!(hall.devices.papers().await?.iter().all(|paper| !paper.complete), "the printer did not die");

    screen.touch(&button("再打印一次")).await?;
    let paper = hall.devices.paper(1).await?;
    screen.see(&text("小票已打印")).await?;
    assert!(screen.find(&button("再打印一次")).await?.is_none(), "the ticket is offered a second time");
    assert_eq!(hall.taken_today().await?, 1, "the second print took a second number");
    let number = paper.text.split_whitespace().find(|word| {
        word.len() >= 4
            && word.starts_with(|letter: char| letter.is_ascii_uppercase())
            && word[1..].parse::<u32>().is_ok()
    });
    screen.see(&text(number.ok_or("the paper shows no number")?)).await?;

    screen.touch(&button("完成")).await?;
    screen.see(&text("常用业务")).await?;
    let complete = hall.devices.papers().await?.iter().filter(|paper| paper.complete).count();
    assert_eq!(complete, 1, "the ticket was printed twice");
    Ok(())
}

#[tokio::test]
async fn without_paper_the_ticket_stands_on_the_screen() -> Result<()> {
    let hall = Hall::open().await?;
    let screen = &hall.kiosk.screen;
    hall.devices.printer_fault(&json!({ "fault": "paper-out" })).await?;
    screen.see(&text("打印纸已用完")).await?;
    hall.ask_for_ticket().await?;
    screen.touch(&button("再打印一次")).await?;
    screen.see(&text("小票没有打印出来。号码有效")).await?;
    assert!(screen.find(&button("再打印一次")).await?.is_none(), "it goes on offering what cannot be printed");
    assert_eq!(hall.taken_today().await?, 1);
    assert!(hall.devices.papers().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_away_costs_nobody_a_ticket() -> Result<()> {
    let mut hall = Hall::open().await?;
    hall.kiosk.screen.touch(&button(&hall.item.name.zh)).await?;
    hall.world.kill_server()?;
    hall.kiosk.screen.see(&text("服务器暂时联系不上")).await?;
    hall.world.restart_server().await?;
    hall.kiosk.screen.see_gone(&text("服务器暂时联系不上")).await?;
    hall.kiosk.screen.touch(&button("取号")).await?;
    hall.give_phone().await?;
    hall.kiosk.screen.see(&text("小票已打印")).await?;
    assert_eq!(hall.taken_today().await?, 1);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_asked_for_again_and_the_number_is_taken_once() -> Result<()> {
    let (hall, line) = Hall::open_at_a_lossy_line().await?;
    let screen = &hall.kiosk.screen;
    screen.touch(&button(&hall.item.name.zh)).await?;
    screen.touch(&button("取号")).await?;
    hall.type_phone().await?;
    line.lose_answers(true);
    screen.touch(&button("确定并取号")).await?;
    screen.see(&text("没有收到服务器的答复")).await?;
    screen.see(&text("再试一次不会重复取号")).await?;
    assert_eq!(hall.taken_today().await?, 1, "the request arrived, and only its answer was lost");
    assert!(hall.devices.papers().await?.is_empty());
    line.lose_answers(false);
    screen.touch(&button("再试一次")).await?;
    screen.see(&text("小票已打印")).await?;
    assert_eq!(hall.taken_today().await?, 1);
    assert_eq!(hall.devices.papers().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_hall_that_shuts_under_somebodys_hands_says_so_and_gives_no_number() -> Result<()> {
    let hall = Hall::open().await?;
    let screen = &hall.kiosk.screen;
    screen.touch(&button(&hall.item.name.zh)).await?;
    screen.touch(&button("取号")).await?;
    hall.type_phone().await?;
    hall.world.shut()?;
    screen.touch(&button("确定并取号")).await?;
    screen.see(&text("大厅现在不取号，请在办公时间再来。")).await?;
    assert!(screen.find(&button("再试一次")).await?.is_none(), "it offers to try in vain");
    assert_eq!(hall.taken_today().await?, 0);
    assert!(hall.devices.papers().await?.is_empty());

    // Whoever comes next reads it on the first page, and can still read a guide.
    screen.touch(&button("首页")).await?;
    screen.see(&text("大厅现在不取号。办事指南和办件进度仍可查询。")).await?;
    screen.touch(&button(&hall.item.name.zh)).await?;
    screen.see(&text("要带的材料")).await?;
    let take = screen.see(&button("取号")).await?;
    assert!(!take.accessible_enabled, "it lets people take a ticket in a hall that is shut");
    Ok(())
}

/// Every document is there: the clerk accepts the case and gives the receipt.
async fn receipt(case: &OpenedCase) -> Result<Receipt> {
    let path = format!("/api/v1/cases/{}", case.number);
    let shown: Case = case.clerk.get(&path).await?.ok()?;
    let provided: Vec<Value> =
        shown.documents.iter().map(|document| json!({ "key": document.key, "status": "provided" })).collect();
    let check = json!({ "step": "check-documents", "documents": provided });
    let steps = format!("{path}/steps");
    case.clerk.post(&steps, &check).await?.ok::<Case>()?;
    case.clerk.post(&steps, &json!({ "step": "accept" })).await?.ok::<Case>()?;
    case.clerk.get(&format!("{path}/receipt")).await?.ok()
}

#[tokio::test]
async fn a_scanner_that_types_like_a_keyboard_finds_the_case_behind_a_receipt() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::open(folder.path()).await?;
    let devices = world.simulators("kiosk").await?;
    let frame = Frame { width: 1280, height: 1024 };
    let keyboard = Wiring { scanner: Some("keyboard".to_owned()), ..Wiring::default() };
    let kiosk = world.kiosk_wired(&keyboard, &devices, frame, Windows::Headless).await?;
    let item = common_item(&world).await?;
    let case = world.case(&item, &Citizen::wang_xiaomei()).await?;
    let code = receipt(&case).await?.query_url;

    kiosk.screen.touch(&button("查询进度")).await?;
    kiosk.screen.see(&text("将回执上的二维码对准扫码口")).await?;
    // Held once more where the machine was too slow for a scanner's pace.
    until("the kiosk to take the keys for a scan", async || {
        kiosk.screen.keys(&code).await?;
        kiosk.screen.key("\n").await?;
        let shown =
            within(Duration::from_secs(5), "the case", async || kiosk.screen.find(&button(&item.name.zh)).await);
        shown.await.map(Some)
    })
    .await?;
    kiosk.screen.see(&text("应在")).await.map(drop)
}

#[tokio::test]
async fn a_reader_that_is_unplugged_or_garbles_is_named_and_the_next_card_is_read() -> Result<()> {
    let hall = Hall::open().await?;
    let screen = &hall.kiosk.screen;
    screen.touch(&button(&hall.item.name.zh)).await?;
    screen.touch(&button("取号")).await?;
    hall.devices.tell(&json!({ "device": "id-reader", "do": "unplug" })).await?;
    screen.see(&text("读卡器未连接")).await?;
    hall.devices.tell(&json!({ "device": "id-reader", "do": "plug" })).await?;
    screen.see(&text("请将证件平放在读卡区")).await?;

    hall.devices.tell(&json!({ "device": "id-reader", "do": "corrupt" })).await?;
    hall.devices.place_card(&Citizen::rare().card()).await?;
    screen.see(&text("没有读到证件，请拿起后重新平放")).await?;
    assert_eq!(hall.taken_today().await?, 0);
    hall.devices.lift_card().await?;
    hall.devices.place_card(&Citizen::rare().card()).await?;
    let paper = hall.devices.paper(1).await?;
    assert!(paper.text.contains(&hall.item.name.zh), "{}", paper.text);
    assert_eq!(hall.taken_today().await?, 1);
    Ok(())
}
