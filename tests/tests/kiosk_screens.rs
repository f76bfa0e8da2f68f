//! How the kiosk's screens stand: on both panels, in both languages, in normal and in large letters.
//! `HALL_KIOSK_PICTURES` names a folder where a picture of each is kept.

use std::cell::RefCell;
use std::path::PathBuf;

use protocol::catalogue::{Catalogue, Item, Text};
use serde_json::{Value, json};
use tests::Result;
use tests::people::Citizen;
use tests::screen::{Element, button, button_with, text};
use tests::simulators::Simulators;
use tests::world::{Frame, HALL, Station, Windows, World};

const PORTRAIT: Frame = Frame { width: 1080, height: 1920 };
const LANDSCAPE: Frame = Frame { width: 1280, height: 1024 };

/// More than 20 mm on the panels in use: 32 inches portrait, 19 inches landscape.
const LEAST: f32 = 70.0;

const ENGLISH: &str = include_str!("../../kiosk/lang/en/LC_MESSAGES/kiosk.po");

/// Common services on the first page.
const FRONT: usize = 6;

/// An item as long as the longest that districts publish, 110 characters, with papers to match.
const LONG_ITEM: &str = "department,department_code,name,english_name,item_code,item_type,statutory_days,promised_days,line,documents
深圳市规划和自然资源局福田管理局城市道路占用与挖掘管理科,SAMPLE-440304-99,高速公路、普通公路和城市道路沿线设置广告牌、指路牌、宣传牌等非公路标志，以及跨越、穿越公路修建桥梁、渡槽或者架设、埋设管道、电缆等设施的行政许可审批（含变更、延续、补办和注销，涉及两个以上街道的由区级的主管部门统一受理）,\"Permit for signs, billboards and boards along motorways, roads and city streets, and for bridges, aqueducts, pipes and cables across or beneath a road (changes, renewals and deregistration included)\",SAMPLE-440304-99-0001,1,20,10,B,涉路施工活动许可申请书（加盖单位公章并由法定代表人或者其授权代理人签字）|Application signed and sealed by the legal representative or agent|2+1|一式两份，另附电子版|Two copies and a file;设计和施工方案|Design and method|1+2
";

struct Walk {
    devices: Simulators,
    kiosk: Station,
    frame: Frame,
    english: bool,
    large: bool,
    item: Item,
    common: Vec<Text>,
    /// The item with the longest name, and its department.
    longest: Item,
    department: Text,
    /// Where a picture of each screen is kept, if anywhere.
    pictures: Option<PathBuf>,
    faults: RefCell<Vec<String>>,
}

impl Walk {
    /// A text of the kiosk's in the language of this walk, by its beginning in Chinese.
    fn words(&self, beginning: &str) -> Result<String> {
        if !self.english {
            return Ok(beginning.to_owned());
        }
        let starts = |line: &str| line.strip_prefix("msgid \"").is_some_and(|source| source.starts_with(beginning));
        let lines: Vec<&str> = ENGLISH.lines().collect();
        let found = lines.windows(2).filter(|pair| starts(pair[0])).min_by_key(|pair| pair[0].len());
        let words =
            found.and_then(|pair| pair[1].strip_prefix("msgstr \"")).ok_or(format!("{beginning} has no English"))?;
        Ok(words.trim_end_matches('"').split('{').next().unwrap_or_default().trim().to_owned())
    }

    fn name(&self, name: &Text) -> String {
        name.pick(self.english).to_owned()
    }

    async fn touch(&self, label: &str) -> Result<()> {
        self.kiosk.screen.touch(&button(self.words(label)?)).await.map(drop)
    }

    /// Touches a line of a list, moving the list by its key for as long as the line is out of sight.
    async fn choose(&self, label: &str) -> Result<()> {
        let screen = &self.kiosk.screen;
        let foot = self.frame.height as f32 - 180.0;
        loop {
            let found = screen.find(&button(label)).await?;
            if found.is_some_and(|line| line.absolute_position.y + line.size.height / 2.0 < foot) {
                return screen.touch(&button(label)).await.map(drop);
            }
            self.touch("向下").await?;
        }
    }

    async fn see(&self, beginning: &str) -> Result<()> {
        self.kiosk.screen.see(&text(self.words(beginning)?)).await.map(drop)
    }

    async fn type_in(&self, keys: &str) -> Result<()> {
        for key in keys.chars() {
            self.kiosk.screen.touch(&button(key)).await?;
        }
        Ok(())
    }

    /// On the first page, where every visit starts in Chinese and in normal letters.
    async fn begin(&self) -> Result<()> {
        if self.english {
            self.kiosk.screen.touch(&button("English")).await?;
        }
        if self.large {
            self.touch("大字").await?;
        }
        self.kiosk.screen.see(&button(self.name(&self.item.name))).await.map(drop)
    }

    async fn home(&self) -> Result<()> {
        self.touch("首页").await?;
        self.kiosk.screen.see(&button("按主题找")).await?;
        self.begin().await
    }

    /// From the first page through every screen and back to it.
    async fn every_screen(&self) -> Result<()> {
        let screen = &self.kiosk.screen;
        self.begin().await?;
        // A ticket for a common service is three touches away: none of them needs the list to be moved first.
        let foot = screen.see(&button(self.words("按主题找")?)).await?.absolute_position.y;
        for name in &self.common {
            let card = screen.see(&button(self.name(name))).await?;
            if card.absolute_position.y + card.size.height > foot {
                let fault = format!("{} must be scrolled to", card.accessible_label);
                self.faults.borrow_mut().push(fault);
            }
        }
        self.stands("idle").await?;

        self.touch("按主题找").await?;
        self.see("请选择与您要办的事相近的主题").await?;
        self.stands("themes").await?;
        self.home().await?;
        self.touch("按部门找").await?;
        self.see("请选择负责办理的部门").await?;
        self.stands("departments").await?;
        self.choose(&self.name(&self.department)).await?;
        self.see("请选择要办理的业务").await?;
        self.stands("services").await?;
        self.choose(&self.name(&self.longest.name)).await?;
        screen.see(&button(self.words("打印指南")?)).await?;
        self.see("现在").await?;
        self.stands("guide-long-name").await?;
        self.touch("取号").await?;
        self.see("请将证件平放在读卡区").await?;
        self.stands("identify-long-name").await?;
        self.touch("用手机号码取号").await?;
        self.type_in("23800138000").await?;
        self.touch("确定并取号").await?;
        self.see("手机号码有误：").await?;
        self.stands("phone-wrong-long-name").await?;
        self.touch("清空").await?;
        self.type_in("13800138000").await?;
        self.touch("确定并取号").await?;
        self.see("小票已打印").await?;
        self.see("前面等候").await?;
        self.see("预计等候").await?;
        self.stands("done-long-name").await?;
        self.touch("完成").await?;
        screen.see(&button("按主题找")).await?;
        self.begin().await?;

        self.touch("搜索业务").await?;
        self.see("候选汉字会显示在这里").await?;
        self.stands("search").await?;
        self.type_in("spjy").await?;
        screen.see(&button_with(self.name(&self.item.name))).await?;
        self.stands("search-found").await?;
        self.home().await?;

        screen.touch(&button(self.name(&self.item.name))).await?;
        self.see("要带的材料").await?;
        self.see("现在").await?;
        self.stands("guide").await?;
        self.touch("取号").await?;
        self.see("请将证件平放在读卡区").await?;
        self.stands("identify").await?;
        self.home().await?;

        self.touch("查询进度").await?;
        self.see("查询办件进度").await?;
        self.stands("progress").await?;
        self.devices.place_card(&Citizen::rare().card()).await?;
        self.see("没有查到办件").await?;
        self.stands("progress-nothing").await?;
        self.devices.lift_card().await?;
        self.touch("再查一次").await?;
        self.devices.place_card(&Citizen::wang_xiaomei().card()).await?;
        screen.see(&button(self.name(&self.longest.name))).await?;
        // The last step of all, too.
        screen.see(&text(if self.english { "Collected" } else { "领取" })).await?;
        self.stands("progress-found").await?;
        self.devices.lift_card().await?;
        self.touch("首页").await?;
        screen.see(&button("按主题找")).await.map(drop)
    }

    /// First page and guide while something is wrong, in each of the modes: large letters, English.
    async fn in_trouble(&mut self, trouble: &str, notice: &str, modes: &[(bool, bool)]) -> Result<()> {
        for (large, english) in modes {
            (self.large, self.english) = (*large, *english);
            self.begin().await?;
            self.see(notice).await?;
            self.stands(&format!("idle-{trouble}")).await?;
            self.kiosk.screen.touch(&button(self.name(&self.item.name))).await?;
            self.see("要带的材料").await?;
            self.stands(&format!("guide-{trouble}")).await?;
            self.touch("首页").await?;
            self.kiosk.screen.see(&button("按主题找")).await?;
        }
        Ok(())
    }

    /// Keeps a picture, and holds what is shown against the rules of every screen.
    async fn stands(&self, name: &str) -> Result<()> {
        let letters = if self.large { "large" } else { "normal" };
        let language = if self.english { "en" } else { "zh" };
        let screen = format!("{}x{}-{language}-{letters}-{name}", self.frame.width, self.frame.height);
        if let Some(folder) = &self.pictures {
            self.kiosk.screen.picture(&folder.join(&screen).with_extension("png")).await?;
        }
        let elements = self.kiosk.screen.elements().await?;
        let faults = elements.iter().filter_map(|element| self.fault(element));
        self.faults.borrow_mut().extend(faults.map(|fault| format!("{screen}: {fault}")));
        Ok(())
    }

    /// What lies wholly outside its place is no element at all: that what matters is there, the walk itself sees to.
    fn fault(&self, element: &Element) -> Option<String> {
        let (width, height) = (self.frame.width as f32, self.frame.height as f32);
        let portrait = height > width;
        let (left, top) = (element.absolute_position.x, element.absolute_position.y);
        let (right, bottom) = (left + element.size.width, top + element.size.height);
        if element.computed_opacity == 0.0 || element.accessible_label.is_empty() {
            return None;
        }
        let said = format!("“{}” at {left}, {top} to {right}, {bottom}", element.accessible_label);
        if left < -1.0 || right > width + 1.0 {
            return Some(format!("{said} leaves the window"));
        }
        let is_button = element.accessible_role == "Button";
        if is_button && (element.size.width < LEAST || element.size.height < 100.0) {
            return Some(format!("{said} is too small to touch"));
        }
        if is_button && portrait && top < height / 2.0 {
            return Some(format!("{said} is out of a wheelchair's reach"));
        }
        // What is read beside the sheet cannot all be moved: it must stand there.
        let read = if portrait { top < height / 2.0 } else { right < 520.0 };
        // Only so long a name may leave a narrow column, where it comes last and is moved by finger.
        if !portrait && element.accessible_label.contains(self.longest.name.pick(self.english)) {
            return None;
        }
        let foot = if portrait { height / 2.0 - 8.0 } else { height - 24.0 };
        (!is_button && read && bottom > foot).then(|| format!("{said} is cut at its foot"))
    }
}

/// Walks through every screen of one panel, in both languages and in both sizes of letters.
async fn walk(frame: Frame) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut world = World::open(folder.path()).await?;
    let list = folder.path().join("long.csv");
    std::fs::write(&list, LONG_ITEM)?;
    world.operate("import", &["import", &list.display().to_string(), "--hall", HALL])?;
    let devices = world.simulators("kiosk").await?;
    let kiosk = world.kiosk(&devices, frame, Windows::Headless).await?;
    let catalogue: Catalogue = world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
    let longest = catalogue.items.iter().max_by_key(|item| item.name.zh.chars().count());
    let longest = longest.ok_or("the hall offers nothing")?.clone();
    assert_eq!(longest.name.zh.chars().count(), 110, "{}", longest.name.zh);
    let department = catalogue.departments.iter().find(|department| department.code == longest.department);
    let mut common: Vec<_> = catalogue.offers.iter().filter(|offer| offer.common > 0).collect();
    common.sort_by_key(|offer| offer.common);
    let name = |code: &str| catalogue.items.iter().find(|item| item.code == code).map(|item| item.name.clone());
    let case = world.case(&longest, &Citizen::wang_xiaomei()).await?;
    let missing: Vec<_> = longest.documents.iter().map(|document| document.name.zh.as_str()).collect();
    let notice = json!({ "step": "notify-correction", "note": missing.join("、") });
    case.clerk.post(&format!("/api/v1/cases/{}/steps", case.number), &notice).await?.ok::<Value>()?;
    let mut walk = Walk {
        common: common.iter().take(FRONT).filter_map(|offer| name(&offer.item)).collect(),
        item: catalogue
            .items
            .iter()
            .find(|item| item.name.zh == "食品经营许可")
            .ok_or("the sample has no food business licence")?
            .clone(),
        department: department.ok_or("the longest name's department is not listed")?.name.clone(),
        devices,
        kiosk,
        frame,
        english: false,
        large: false,
        longest,
        pictures: std::env::var_os("HALL_KIOSK_PICTURES").map(PathBuf::from),
        faults: RefCell::default(),
    };
    let modes = [(false, false), (false, true), (true, false), (true, true)];
    for (large, english) in modes {
        (walk.large, walk.english) = (large, english);
        walk.every_screen().await?;
    }
    walk.devices.printer_fault(&json!({ "fault": "paper-out" })).await?;
    walk.kiosk.screen.see(&text("打印纸已用完")).await?;
    walk.in_trouble("without-paper", "打印纸已用完。", &modes).await?;
    world.kill_server()?;
    walk.kiosk.screen.see(&text("服务器暂时联系不上")).await?;
    walk.in_trouble("without-server", "服务器暂时联系不上，正在", &modes).await?;
    let faults = walk.faults.into_inner();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

#[tokio::test]
async fn the_portrait_panel_stands_in_both_languages_and_sizes() -> Result<()> {
    walk(PORTRAIT).await
}

#[tokio::test]
async fn the_landscape_panel_stands_in_both_languages_and_sizes() -> Result<()> {
    walk(LANDSCAPE).await
}
