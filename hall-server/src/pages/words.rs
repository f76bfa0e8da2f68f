//! Every text of the pages, in Chinese and English. Templates ask for a text by its name; a name that is not here does not compile.

use domain::notices::Standing;

/// The texts in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    pub english: bool,
}

macro_rules! words {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        impl Words {
            $(pub fn $name(self) -> &'static str { if self.english { $en } else { $zh } })*
        }

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $zh, $en),)*];
    };
}

mod apply;
mod items;
mod supervision;

words! {
    product: "政务服务大厅", "Government service halls";
    other_language: "English", "中文";
    sample_mark: "样例数据 · 非官方信息", "Sample data · not official";

    board_title: "叫号大屏", "Hall board";
    now_calling: "正在叫号", "Now calling";
    recent_calls: "最近叫号", "Recent calls";
    please_go_to: "请到", "please go to";
    window_unit: "号窗口", "Window";
    nobody_called: "暂未叫号", "No calls yet";
    nobody_called_hint: "请留意屏幕与广播", "Please watch this screen and listen";
    waiting_by_line: "各队列等候人数", "People waiting";
    board_footnote: "过号请到导办台", "Missed your number? Ask at the information desk";
    nobody_waits: "暂无排队", "No lines yet";
    hall_shut: "大厅现在不取号", "No tickets are issued now";
    no_connection: "与服务器的连接已断开，显示的可能不是最新情况，正在重连", "No connection to the server: what you see may be out of date. Reconnecting";
    voice_blocked: "浏览器阻止了声音，请点一下屏幕打开语音叫号", "The browser blocks sound: touch the screen once to hear the calls";
    voice_missing: "未安装语音，仅显示叫号", "No voice installed: calls are shown only";

    level_calm: "顺畅", "Short";
    level_busy: "稍忙", "Busy";
    level_long: "繁忙", "Long";
    level_unserved: "暂无窗口", "No window";

    follow_title: "排队进度", "Your ticket";
    your_number: "您的号码", "Your number";
    state_waiting: "等候中", "Waiting";
    state_next: "下一个就是您", "You are next";
    state_called: "请到窗口", "It is your turn";
    state_serving: "正在办理", "Being served";
    state_completed: "已办结", "Finished";
    state_no_show: "已过号", "Missed";
    state_lapsed: "已失效", "No longer valid";
    state_unknown: "请咨询工作人员", "Please ask the staff";
    hint_waiting: "轮到您时，本页会闪动并震动。", "This page flashes and vibrates when it is your turn.";
    hint_called: "请带好材料，现在前往窗口。", "Bring your papers and go to the window now.";
    hint_serving: "工作人员正在为您办理。", "A clerk is serving you.";
    hint_completed: "感谢您的等候。办件进度见下方。", "Thank you for waiting. The progress of your application is below.";
    hint_completed_bare: "感谢您的等候。", "Thank you for waiting.";
    hint_no_show: "叫号时您不在。请到导办台，或重新取号。", "You were not there when called. Ask at the information desk or take a new ticket.";
    hint_lapsed: "号码只在当天有效。请重新取号。", "A ticket is valid on its day only. Please take a new one.";
    people_ahead: "前面等候", "Ahead of you";
    people_unit: "人", "people";
    likely_wait: "预计等候", "Likely wait";
    wait_unknown: "暂无法预计", "Not known yet";
    wait_soon: "马上", "Any moment";
    taken_at: "取号时间", "Taken at";
    service: "办理事项", "Service";
    live: "实时更新", "Live";
    phone_no_connection: "网络断开，正在重连；以大厅屏幕为准", "No connection, trying again. The hall's screens are right";
    applications: "办件进度", "Your applications";
    case_title: "办件进度", "Progress of your application";
    case_number: "办件编号", "Case number";
    notices_heading: "文书", "Papers";
    notice_title: "文书核验", "Verifying a paper";
    notice_real: "这份文书由本大厅签发。", "This paper was issued by the hall.";
    notice_number: "文书编号", "Number";
    notice_issued: "签发日期", "Issued on";
    notice_department: "签发部门", "Department";
    notice_item: "事项", "Service";
    notice_applicant: "申请人", "Applicant";
    notice_compare: "请核对以上内容与您手中的文书是否一致。不一致的，文书可能被改动，请向窗口查询。", "Compare this with the paper in your hands. If they differ, the paper may have been altered: please ask at the window.";
    department: "承办部门", "Department";
    received_on: "收件日期", "Received";
    due_on: "承诺办结", "Promised by";
    missing_documents: "需补正的材料", "Documents still to bring";
    step_done: "已完成", "Done";
    step_current: "进行中", "Now";
    step_ahead: "未开始", "To come";
    looked_up: "谁查询过您的数据", "Who looked up your data";
    looked_up_lead: "为减少您提交的材料，以下部门为本办件查询了数据；每次查询均有记录。", "To spare you papers, these offices looked up data for this application. Every lookup is logged.";
    looked_up_for: "用途：", "For: ";
    looked_up_found: "已取得，不必提交该材料", "Obtained: you need not bring the document";
    looked_up_nothing: "对方没有相应记录", "No such record there";
    looked_up_failed: "未取得数据", "No data was obtained";
    looked_up_asked: "已发出查询", "Asked for";
    no_personal_data: "本页不含个人信息，请勿转发二维码。", "This page holds no personal data. Keep the QR code to yourself.";

    prepare_title: "等候时先准备", "Prepare while you wait";
    prepare_lead: "先填好、拍好材料，叫号后窗口直接核对，办得更快。", "Fill in and photograph now: when you are called, the window only has to check.";
    prepare_start: "开始准备", "Start";
    prepare_go_on: "继续准备", "Go on";
    prepare_look: "查看或修改", "Look or change";
    prepare_draft_kept: "草稿已保存，还没有交给窗口。", "Your draft is saved and not handed over yet.";
    prepare_draft_note: "填写的内容和照片随时保存为草稿。交给窗口后，或叫到您时，窗口才能看到。", "What you enter is saved at once as a draft. The window sees it when you hand it over, or when you are called.";
    prepare_sent: "已交给窗口", "Handed over";
    prepare_sent_note: "仍可修改，窗口看到的总是最新内容。", "You can still change it: the window always sees the latest.";
    prepare_private: "本页有您填写的内容，请勿转发链接或二维码。", "This page holds what you entered: do not pass on its link or QR code.";
    prepare_back: "返回排队进度", "Back to your ticket";
    prepare_saved: "已保存", "Saved";
    prepare_saving: "正在保存…", "Saving...";
    prepare_not_saved: "没有保存，请检查网络，稍候会再试", "Not saved: check your connection, it is tried again";
    questions_title: "您的情况", "Your situation";
    questions_save: "保存回答", "Save answers";
    papers_title: "需要的材料", "Documents";
    papers_hint: "每份材料拍清楚、拍完整。办理时请带原件，窗口会核对。", "Photograph each document whole and sharp. Bring the originals: the window checks them.";
    papers_none: "按您的情况，不需要材料。", "Your situation needs no documents.";
    papers_other: "现在用不到的文件", "Files that are not needed now";
    paper_mandatory: "必交", "Required";
    paper_optional: "选交", "Optional";
    paper_deferrable: "可后补", "May come later";
    paper_commitment: "可用承诺书代替", "A commitment may stand for it";
    paper_shared: "大厅可以查到，不必带", "The hall can look it up";
    paper_photograph: "拍照", "Take photo";
    paper_choose: "选文件", "Choose file";
    paper_upload: "上传", "Upload";
    paper_uploading: "正在上传", "Uploading";
    paper_failed: "没有传成，请再试一次", "It did not arrive, please try again";
    paper_take_back: "收回", "Take back";
    paper_done: "已传", "Done";
    form_title: "申请表", "Application form";
    form_save: "保存", "Save";
    field_mandatory: "必填", "Required";
    open_title: "还缺", "Still open";
    open_none: "都齐了，可以交给窗口。", "Everything is there: hand it over.";
    open_may_send: "没有准备齐也可以先交，其余在窗口补。", "You may hand it over as it is, and do the rest at the window.";
    send: "交给窗口", "Hand over to the window";

    supervisor_title: "督导实时看板", "Supervisor's live page";
    all_halls: "全部大厅", "All halls";
    sign_in: "登录", "Sign in";
    sign_out: "退出", "Sign out";
    sign_in_lead: "督导与管理员登录", "For supervisors and administrators";
    username: "用户名", "User name";
    password: "密码", "Password";
    sign_in_wrong: "用户名或密码不对", "User name or password is wrong";
    sign_in_not_allowed: "该账号没有督导权限", "This account may not open the supervisor's page";
    sign_in_again: "登录已过期，请重新登录", "Your session has ended: please sign in again";
    sign_in_foreign: "请求来源不对，请在本页重新登录", "The request came from another site: please sign in on this page";
    waiting_now: "当前等候", "Waiting now";
    longest_wait: "最长等候", "Longest wait";
    windows: "窗口", "Windows";
    window_open: "空闲", "Free";
    window_serving: "办理中", "Serving";
    window_paused: "暂停", "Paused";
    window_closed: "未开", "Closed";
    window_unknown: "未知", "Unknown";
    today: "今日", "Today";
    taken: "取号", "Taken";
    called: "叫号", "Called";
    completed: "办结", "Completed";
    no_show: "过号", "No-show";
    mean_wait: "平均等候", "Mean wait";
    lines: "队列", "Lines";
    line: "队列", "Line";
    waiting: "等候", "Waiting";
    level: "状态", "Level";
    hall_closed: "未开放", "Closed";
    history_today: "今日各时段", "Today by hour";
    under_a_minute: "<1 分钟", "<1 min";
    mean_wait_note: "每小时下方为平均等候", "Below each hour: the mean wait";
    no_history: "今天还没有取号", "No tickets yet today";
    cases: "办件", "Cases";
    cases_received: "收件", "Received";
    cases_in_review: "审查中", "In review";
    cases_decided: "已决定", "Decided";
    cases_overdue: "已超期", "Overdue";
    updated_at: "更新于", "As of";
    clerk: "工作人员", "Clerk";
    ticket: "号码", "Ticket";

    index_title: "政务服务大厅", "Government service halls";
    open_board: "叫号大屏", "Hall board";
    open_supervisor: "督导看板", "Supervisor's page";
    kiosk_hint: "取号请使用大厅内的自助机；手机进度页请扫描小票上的二维码。", "Take a ticket at a kiosk in the hall; scan the QR code on it to follow it on your phone.";
    district_hall: "区级大厅", "District hall";
    sub_district_hall: "街道大厅", "Sub-district hall";
    station_hall: "社区站", "Community station";
    address: "地址", "Address";
    telephone: "电话", "Telephone";
    no_halls: "还没有大厅。请先运行 hall-server sample 或导入数据。", "There are no halls yet. Run hall-server sample or import data first.";

    error_not_found: "没有这个页面", "There is no such page";
    error_unknown_hall: "没有这个大厅", "There is no such hall";
    error_unknown_ticket: "没有这个号", "There is no such ticket";
    error_unknown_ticket_hint: "号码只在当天有效。请核对二维码，或到导办台询问。", "A ticket is valid on its day only. Check the QR code or ask at the information desk.";
    error_unknown_case: "没有这个办件", "There is no such application";
    error_unknown_case_hint: "请核对受理回执上的二维码，或到导办台询问。", "Check the QR code on your receipt or ask at the information desk.";
    error_internal: "系统出现问题", "Something went wrong";
    error_internal_hint: "问题已记录，请稍候再试。", "It has been logged. Please try again in a moment.";
    error_hint: "请核对地址，或返回首页。", "Check the address or go back to the first page.";
    home: "返回首页", "First page";
    weekday_1: "星期一", "Monday";
    weekday_2: "星期二", "Tuesday";
    weekday_3: "星期三", "Wednesday";
    weekday_4: "星期四", "Thursday";
    weekday_5: "星期五", "Friday";
    weekday_6: "星期六", "Saturday";
    weekday_7: "星期日", "Sunday";
}

impl Words {
    pub const ZH: Words = Words { english: false };
    pub const EN: Words = Words { english: true };

    /// The value of the `lang` attribute.
    pub fn tag(self) -> &'static str {
        if self.english { "en" } else { "zh-Hans" }
    }

    /// The value of `?lang=`.
    pub fn code(self) -> &'static str {
        if self.english { "en" } else { "zh" }
    }

    pub fn other(self) -> Words {
        Words { english: !self.english }
    }

    pub fn weekday(self, iso: i8) -> &'static str {
        match iso {
            1 => self.weekday_1(),
            2 => self.weekday_2(),
            3 => self.weekday_3(),
            4 => self.weekday_4(),
            5 => self.weekday_5(),
            6 => self.weekday_6(),
            _ => self.weekday_7(),
        }
    }

    /// A length of time in words; from two hours on in hours, because nobody reads 150 minutes.
    pub fn minutes(self, minutes: i64) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        match (self.english, hours, rest) {
            (false, 0 | 1, _) => format!("{minutes} 分钟"),
            (true, 0 | 1, _) => format!("{minutes} min"),
            (false, _, 0) => format!("{hours} 小时"),
            (true, _, 0) => format!("{hours} h"),
            (false, _, _) => format!("{hours} 小时 {rest} 分"),
            (true, _, _) => format!("{hours} h {rest} min"),
        }
    }

    /// A likely wait: `5–10 分钟`.
    pub fn wait(self, wait: protocol::queue::Wait) -> String {
        match (wait.from_minutes, wait.to_minutes) {
            (Some(_), Some(to)) if to <= 1 => self.wait_soon().to_owned(),
            (Some(from), Some(to)) if from >= to => self.minutes(to),
            (Some(from), Some(to)) if to < 120 => {
                if self.english {
                    format!("{from}–{to} min")
                } else {
                    format!("{from}–{to} 分钟")
                }
            }
            (Some(from), Some(to)) => format!("{} – {}", self.minutes(from), self.minutes(to)),
            (None, Some(only)) | (Some(only), None) => self.minutes(only),
            (None, None) => self.wait_unknown().to_owned(),
        }
    }

    /// `原件 1 份，复印件 2 份`; empty where nothing is counted.
    pub fn papers(self, originals: u8, copies: u8) -> String {
        let part = |count: u8, zh: &str, one: &str, many: &str| match (count, self.english) {
            (0, _) => None,
            (count, false) => Some(format!("{zh} {count} 份")),
            (1, true) => Some(format!("1 {one}")),
            (count, true) => Some(format!("{count} {many}")),
        };
        let parts = [part(originals, "原件", "original", "originals"), part(copies, "复印件", "copy", "copies")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(if self.english { ", " } else { "，" })
    }

    /// Whether a paper still says what holds, in a word.
    pub fn notice_standing(self, standing: Standing) -> &'static str {
        match (standing, self.english) {
            (Standing::InForce, false) => "有效",
            (Standing::InForce, true) => "In force",
            (Standing::Fulfilled, false) => "已办理",
            (Standing::Fulfilled, true) => "Carried out",
            (Standing::Void, false) => "已失效",
            (Standing::Void, true) => "No longer in force",
        }
    }

    /// The same in a sentence.
    pub fn notice_explained(self, standing: Standing) -> &'static str {
        match (standing, self.english) {
            (Standing::InForce, false) => "文书所载内容现在有效。",
            (Standing::InForce, true) => "What the paper says holds today.",
            (Standing::Fulfilled, false) => "文书所要求或告知的事项已经办理，办件已进入后续环节。",
            (Standing::Fulfilled, true) => "What the paper asked for or announced has been done. The case has gone on.",
            (Standing::Void, false) => "办件已结束或决定已被撤销，文书不再有效。",
            (Standing::Void, true) => {
                "The case has ended, or its decision was revoked. The paper is no longer in force."
            }
        }
    }

    /// `前面 3 人`, `3 ahead`.
    pub fn ahead(self, people: i64) -> String {
        if self.english { format!("{people} ahead") } else { format!("前面 {people} 人") }
    }

    /// `3 号窗口`, `Window 3`.
    pub fn window(self, number: i64) -> String {
        if self.english { format!("Window {number}") } else { format!("{number} 号窗口") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::queue::Wait;

    #[test]
    fn every_text_is_there_in_both_languages() {
        for (name, zh, en) in ALL {
            assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{name} lacks a language");
            if *name != "other_language" {
                assert!(en.is_ascii() || en.contains('·'), "{name}: the English text holds other letters: {en}");
            }
        }
    }

    #[test]
    fn a_wait_reads_as_a_person_would_say_it() {
        let wait = |from, to| Wait { from_minutes: from, to_minutes: to };
        assert_eq!(Words::ZH.wait(wait(Some(5), Some(10))), "5–10 分钟");
        assert_eq!(Words::EN.wait(wait(Some(5), Some(10))), "5–10 min");
        assert_eq!(Words::ZH.wait(wait(Some(0), Some(1))), "马上");
        assert_eq!(Words::ZH.wait(wait(Some(8), Some(8))), "8 分钟");
        assert_eq!(Words::ZH.wait(wait(Some(110), Some(150))), "110 分钟 – 2 小时 30 分");
        assert_eq!(Words::ZH.wait(wait(None, None)), "暂无法预计");
    }
}
