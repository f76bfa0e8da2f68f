//! A whole hall in a folder: server, sample district, simulated devices, a kiosk and desks, all real processes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use protocol::case::Application;
use protocol::catalogue::{Catalogue, Item, Question};
use protocol::queue::Ticket;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::neighbours::Neighbours;
use crate::people::Citizen;
use crate::program::{Program, free_port};
use crate::screen::Screen;
use crate::simulators::Simulators;
use crate::until::until;
use crate::{Result, programs};

/// The hall where the journeys play.
pub const HALL: &str = "district";

/// The sample's sign-ins and devices, as `hall-server sample` writes them.
#[derive(Debug, Clone, Deserialize)]
pub struct Credentials {
    pub users: Vec<SampleUser>,
    pub devices: Vec<SampleDevice>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct SampleUser {
    pub username: String,
    pub password: String,
    pub name: String,
    pub roles: Vec<protocol::staff::Role>,
    #[serde(default)]
    pub hall: Option<String>,
    #[serde(default)]
    pub department: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct SampleDevice {
    pub name: String,
    pub kind: String,
    pub hall: String,
    pub token: String,
}

impl Credentials {
    /// A person who may act in this role, for the hall or for this department.
    pub fn person(&self, role: protocol::staff::Role, department: Option<&str>) -> Result<&SampleUser> {
        self.users
            .iter()
            .find(|user| {
                user.roles.contains(&role)
                    && department.is_none_or(|code| user.department.as_deref() == Some(code))
                    && user.hall.as_deref().is_none_or(|hall| hall == HALL)
            })
            .ok_or_else(|| format!("the sample has no {role:?} for {department:?}").into())
    }

    /// The clerks of the hall.
    pub fn clerks(&self) -> Vec<&SampleUser> {
        let clerk = protocol::staff::Role::Clerk;
        self.users.iter().filter(|user| user.roles.contains(&clerk) && user.hall.as_deref() == Some(HALL)).collect()
    }

    pub fn kiosk(&self, hall: &str) -> Result<&SampleDevice> {
        self.devices
            .iter()
            .find(|device| device.kind == "kiosk" && device.hall == hall)
            .ok_or_else(|| format!("the sample has no kiosk in {hall}").into())
    }
}

/// How its windows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Windows {
    /// On the display.
    Shown,
    /// Without any display, under remote control alone.
    Headless,
}

/// A kiosk's or desk's window size in logical pixels.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub width: u32,
    pub height: u32,
}

/// The server with its database, and everything started around it.
#[derive(Debug)]
pub struct World {
    folder: PathBuf,
    port: u16,
    database: String,
    /// `None` until it is first started.
    server: Option<Program>,
    /// What `serve` is told besides address and database.
    serving: Vec<OsString>,
    neighbours: Option<Neighbours>,
    pub credentials: Credentials,
    pub api: Api,
}

/// What a kiosk is wired to, where not to the server and the simulated scanner themselves.
#[derive(Debug, Default)]
pub struct Wiring {
    /// Its server's address.
    pub server: Option<String>,
    /// A serial port, or `keyboard`.
    pub scanner: Option<String>,
}

/// An answer to each of an item's questions: its first choice.
pub fn first_choices(item: &Item) -> BTreeMap<String, String> {
    let answer = |question: &Question| Some((question.key.clone(), question.choices.first()?.key.clone()));
    item.questions.iter().filter_map(answer).collect()
}

/// A case under way, and its clerk's way into the API.
#[derive(Debug)]
pub struct OpenedCase {
    pub number: String,
    pub clerk: Api,
}

/// A window program: the process and its screen.
#[derive(Debug)]
pub struct Station {
    pub program: Program,
    pub screen: Screen,
    /// The remote control's port.
    pub port: u16,
}

impl World {
    /// Loads the sample district into a new SQLite database in the folder and starts the server on it.
    pub async fn open(folder: &Path) -> Result<Self> {
        Self::open_at(folder, &new_database(folder)?).await
    }

    /// The same among its neighbours, and with its history signed: a department with a system of its own, which answers after so
    /// many milliseconds or when told, and another office's register.
    pub async fn open_among_neighbours(folder: &Path, approve_after: Option<u32>) -> Result<Self> {
        let mut world = Self::prepare(folder, &new_database(folder)?)?;
        let neighbours = Neighbours::start(folder, &world.logs(), &world.address(), approve_after).await?;
        let key = folder.join("evidence.key");
        remove(&key)?;
        remove(&folder.join("evidence.key.pub"))?;
        Program::start("hall-server", "evidence-key", &world.logs(), |command| {
            command.args(["evidence", "key", "--out"]).arg(&key);
        })?
        .succeeds()?;
        let heads = folder.join("heads");
        // They end with the database that they are about.
        if heads.exists() {
            fs::remove_dir_all(&heads)?;
        }
        fs::create_dir_all(&heads)?;
        for (flag, value) in [
            ("--systems", &neighbours.systems),
            ("--providers", &neighbours.providers),
            ("--evidence-key", &key),
            ("--heads-to", &heads),
        ] {
            world.serving.extend([flag.into(), value.into()]);
        }
        world.neighbours = Some(neighbours);
        world.start_server().await?;
        Ok(world)
    }

    /// The same as [`World::open`] on an empty database of either engine.
    pub async fn open_at(folder: &Path, database: &str) -> Result<Self> {
        let mut world = Self::prepare(folder, database)?;
        world.start_server().await?;
        Ok(world)
    }

    /// The sample district loaded, and an address chosen; nobody listens there yet.
    fn prepare(folder: &Path, database: &str) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let credentials = load_sample(folder, database)?;
        let port = free_port()?;
        let api = Api::new(&format!("http://127.0.0.1:{port}"))?;
        Ok(World {
            folder: folder.to_owned(),
            port,
            database: database.to_owned(),
            server: None,
            serving: Vec::new(),
            neighbours: None,
            credentials,
            api,
        })
    }

    /// Those around the hall, where it has any.
    pub fn neighbours(&self) -> Result<&Neighbours> {
        self.neighbours.as_ref().ok_or_else(|| "this hall has no neighbours".into())
    }

    /// Runs one of the server's commands on the database, and gives what it printed.
    pub fn operate(&self, name: &str, arguments: &[&str]) -> Result<String> {
        let mut program = Program::start("hall-server", name, &self.logs(), |command| {
            command.args(arguments).args(["--database", &self.database]).env("RUST_LOG", "error");
        })?;
        program.succeeds()?;
        program.said()
    }

    /// A clerk calls the citizen for the item and opens a case, all by the API.
    pub async fn case(&self, item: &Item, citizen: &Citizen) -> Result<OpenedCase> {
        let catalogue: Catalogue = self.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
        let offer = catalogue.offers.iter().find(|offer| offer.item == item.code).ok_or("the item is not offered")?;
        let window = offer.windows.first().ok_or("no window serves the item")?;
        let window = format!("/api/v1/halls/{HALL}/windows/{window}");
        let clerk = *self.credentials.clerks().first().ok_or("the sample has no clerk")?;
        let clerk = self.api.sign_in(&clerk.username, &clerk.password).await?;
        let kiosk = self.api.with_token(self.credentials.kiosk(HALL)?.token.clone());
        let take = json!({ "item": item.code, "identification": citizen.identification(), "language": "zh" });
        let ticket: Ticket = kiosk.post(&format!("/api/v1/halls/{HALL}/tickets"), &take).await?.ok()?;
        clerk.post(&format!("{window}/open"), &json!({})).await?.ok::<Value>()?;
        clerk.post(&format!("{window}/call-next"), &json!({})).await?.ok::<Value>()?;
        let applicant = json!({ "name": citizen.name, "id_number": citizen.id_number, "phone": "13800138000" });
        let case = json!({ "ticket": ticket.id, "applicant": applicant, "answers": first_choices(item) });
        let opened: Application = clerk.post("/api/v1/applications", &case).await?.ok()?;
        let case = opened.cases.first().ok_or("the application opened no case")?;
        Ok(OpenedCase { number: case.case_no.clone(), clerk })
    }

    /// Gives the hall hours within which the present does not fall.
    pub fn shut(&self) -> Result<()> {
        let file = self.folder.join("shut.toml");
        let morning = hour_in_the_hall()? < 12;
        let (from, to) = if morning { ("22:00", "23:00") } else { ("01:00", "02:00") };
        let name = |text: &str| format!("{{ zh = \"{text}\", en = \"\" }}");
        std::fs::write(
            &file,
            format!(
                "[[setups]]\nname = \"one\"\nlines = [{{ letter = \"A\", name = {0} }}]\n\
                 windows = [{{ numbers = [1], name = {0}, lines = [\"A\"] }}]\n\
                 [[halls]]\ncode = \"{HALL}\"\nkind = \"district\"\nname = {1}\naddress = {1}\nphone = \"\"\n\
                 setup = \"one\"\nwindows = 1\n\
                 hours = [{{ weekdays = [1, 2, 3, 4, 5, 6, 7], from = \"{from}\", to = \"{to}\" }}]\n",
                name("综合服务"),
                name("福田区政务服务大厅"),
            ),
        )?;
        self.operate("halls", &["halls", &file.display().to_string()]).map(drop)
    }

    /// Where people's browsers find the server.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Ends the server as a power cut would.
    pub fn kill_server(&mut self) -> Result<()> {
        self.running()?.kill()
    }

    /// The processor time that the server has used since it was started.
    pub fn server_time(&self) -> Result<std::time::Duration> {
        self.server.as_ref().ok_or("the server was not started yet")?.processor_time()
    }

    /// Starts the server again on the same database, at the same address.
    pub async fn restart_server(&mut self) -> Result<()> {
        self.start_server().await
    }

    /// Waits until the server ends.
    pub fn wait(&mut self) -> Result<()> {
        self.running()?.wait()
    }

    async fn start_server(&mut self) -> Result<()> {
        let voice = voice()?;
        let address = format!("127.0.0.1:{}", self.port);
        self.server = Some(Program::start("hall-server", "server", &self.logs(), |command| {
            command.args(["serve", "--listen", &address, "--database", &self.database]);
            command.args(["--public-url", &self.address()]).args(&self.serving);
            if voice.exists() {
                command.arg("--voice").arg(&voice);
            }
        })?);
        let api = self.api.clone();
        until("the server to be ready", async || {
            self.running()?.check()?;
            Ok(api.get("/readyz").await?.status.is_success().then_some(()))
        })
        .await
    }

    fn running(&mut self) -> Result<&mut Program> {
        self.server.as_mut().ok_or_else(|| "the server was not started yet".into())
    }

    /// Starts a set of simulated devices, of the kiosk or of the desks.
    pub async fn simulators(&self, name: &str) -> Result<Simulators> {
        Simulators::start(name, &self.folder, &self.logs()).await
    }

    /// Starts a kiosk at these devices.
    pub async fn kiosk(&self, devices: &Simulators, frame: Frame, windows: Windows) -> Result<Station> {
        self.kiosk_wired(&Wiring::default(), devices, frame, windows).await
    }

    /// The same, wired otherwise.
    pub async fn kiosk_wired(
        &self,
        wiring: &Wiring,
        devices: &Simulators,
        frame: Frame,
        windows: Windows,
    ) -> Result<Station> {
        let server = wiring.server.clone().unwrap_or_else(|| self.address());
        let scanner = wiring.scanner.clone().unwrap_or_else(|| devices.scanner.display().to_string());
        let name = format!("kiosk-{}x{}", frame.width, frame.height);
        let token = &self.credentials.kiosk(HALL)?.token;
        let config = format!(
            "server = \"{server}\"\nhall = \"{HALL}\"\ntoken = \"{token}\"\nlanguage = \"zh\"\nidle_seconds = 60\n\
             data_dir = \"{}\"\n\n[window]\nwidth = {}\nheight = {}\nfullscreen = false\n\n\
             [printer]\nconnection = \"tcp:{}\"\nprofile = \"epson\"\n\n[id_reader]\nport = \"{}\"\nbaud = 115200\n\n\
             [scanner]\nport = \"{scanner}\"\n",
            self.folder.join(&name).display(),
            frame.width,
            frame.height,
            devices.printer,
            devices.id_reader.display(),
        );
        self.station("kiosk", &name, &config, windows).await
    }

    /// Starts the desk at this window of the hall, or a department's desk, which has none.
    pub async fn desk(&self, window: Option<i64>, devices: &Simulators, windows: Windows) -> Result<Station> {
        fs::create_dir_all(self.printed_notices())?;
        let mut config = format!(
            "server = \"{}\"\nhall = \"{HALL}\"\nlanguage = \"zh\"\n[printer]\nconnection = \"tcp:{}\"\nprofile = \"epson\"\n\
             [paper_printer]\ncommand = [\"cp\", \"{{file}}\", \"{}\"]\n",
            self.address(),
            devices.printer,
            self.printed_notices().display(),
        );
        let name = match window {
            Some(number) => {
                config.insert_str(0, &format!("window = {number}\n"));
                config.push_str(&format!("[display]\nport = \"{}\"\n", devices.display.display()));
                format!("desk-{number}")
            }
            None => "office".to_owned(),
        };
        self.station("counter-client", &name, &config, windows).await
    }

    /// Where the desks' A4 printer, which copies, puts its notices.
    pub fn printed_notices(&self) -> PathBuf {
        self.folder.join("notices")
    }

    async fn station(&self, program: &str, name: &str, config: &str, windows: Windows) -> Result<Station> {
        let file = self.folder.join(format!("{name}.toml"));
        write_private(&file, config)?;
        let port = free_port()?;
        let running = Program::start(program, name, &self.logs(), |command| {
            command.arg("--config").arg(&file).env("SLINT_MCP_PORT", port.to_string());
            if windows == Windows::Headless {
                command.env("SLINT_BACKEND", "headless");
            }
        })?;
        let mut station = Station { screen: Screen::connect(name, port).await?, program: running, port };
        station.program.check()?;
        Ok(station)
    }
}

/// Makes the placeholder voice beside the programs, where there is none yet: every server started later speaks with it.
pub fn ensure_voice(logs: &Path) -> Result<()> {
    let voice = voice()?;
    if voice.exists() {
        return Ok(());
    }
    // It is whole or not there: a folder half made is never used.
    let making = tempfile::tempdir_in(programs()?)?.keep();
    Program::start("hall-voice", "voice", logs, |command| {
        command.arg("--out").arg(&making);
    })?
    .succeeds()?;
    Ok(fs::rename(&making, &voice)?)
}

/// The present hour in Shenzhen, which keeps UTC+8 all year.
#[expect(clippy::disallowed_methods, reason = "journeys play in the present")]
fn hour_in_the_hall() -> Result<u64> {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok((since_1970.as_secs() / 3600 + 8) % 24)
}

fn voice() -> Result<PathBuf> {
    Ok(programs()?.join("voice"))
}

fn load_sample(folder: &Path, database: &str) -> Result<Credentials> {
    let file = folder.join("credentials.json");
    let mut sample = Program::start("hall-server", "sample", &folder.join("logs"), |command| {
        command.args(["sample", "--database", database, "--always-open", "--credentials"]).arg(&file);
    })?;
    sample.succeeds()?;
    Ok(serde_json::from_str(&fs::read_to_string(&file)?)?)
}

/// A new SQLite database in the folder, in the place of what an earlier run left there.
fn new_database(folder: &Path) -> Result<String> {
    for old in ["hall.db", "hall.db-wal", "hall.db-shm"] {
        remove(&folder.join(old))?;
    }
    Ok(format!("sqlite://{}", folder.join("hall.db").display()))
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause.into()),
        _ => Ok(()),
    }
}

/// Writes a file that only its owner reads: it holds a token.
pub(crate) fn write_private(file: &Path, content: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(file)?;
    Ok(file.write_all(content.as_bytes())?)
}
