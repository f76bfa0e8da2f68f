//! The kiosk's launch and memory, seen from outside: a release build on a display of 1080×1920 without a screen.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tests::Result;
use tests::program::Program;
use tests::until::until;

use crate::hall::Hall;
use crate::report::{Goal, Report};

const WIDTH: usize = 1080;
const HEIGHT: usize = 1920;
const LAUNCHES: usize = 5;
/// After this long without a change, the first page stands.
const STILL: Duration = Duration::from_secs(2);

pub(crate) async fn measure() -> Result<Report> {
    let hall = Hall::open().await?;
    let display = Display::start(hall.world.folder()).await?;
    let mut first_frames = Vec::new();
    let mut memory = Vec::new();
    for launch in 0..LAUNCHES {
        let (first_frame, pss) = launch_once(&hall, &display, launch).await?;
        first_frames.push(first_frame);
        memory.push(pss);
    }
    Ok(Report::new("kiosk")
        .figure("first_frame_ms", median(&mut first_frames), Goal::Under(300.0), "58 (an empty Slint window)")
        .figure("pss_mib", median(&mut memory), Goal::Under(48.0), "21 (an empty Slint window), 375 (Chromium)"))
}

async fn launch_once(hall: &Hall, display: &Display, launch: usize) -> Result<(f64, f64)> {
    let config = hall.world.folder().join("kiosk-bench.toml");
    let text = format!(
        "server = \"{}\"\nhall = \"{}\"\ntoken = \"{}\"\nlanguage = \"zh\"\ndata_dir = \"{}\"\n\n[window]\nwidth = {WIDTH}\n\
         height = {HEIGHT}\nfullscreen = true\n",
        hall.world.address(),
        tests::world::HALL,
        hall.kiosk_token,
        hall.world.folder().join("kiosk-bench").display(),
    );
    std::fs::write(&config, text)?;
    let empty = display.picture()?;
    let started = Instant::now();
    let kiosk = Program::start("kiosk", &format!("kiosk-{launch}"), &hall.world.logs(), |command| {
        command.arg("--config").arg(&config).env("DISPLAY", &display.name).env_remove("WAYLAND_DISPLAY");
    })?;
    // The frame counts when most of the window has been painted; a window's empty ground does not count.
    let first_frame =
        until("the kiosk's first frame", async || Ok(painted(&empty, &display.picture()?).then(|| started.elapsed())))
            .await?;
    let mut last = display.picture()?;
    let mut since = Instant::now();
    until("the kiosk's page to stand still", async || {
        let now = display.picture()?;
        if now != last {
            last = now;
            since = Instant::now();
        }
        Ok((since.elapsed() > STILL).then_some(()))
    })
    .await?;
    let pss = pss_mib(kiosk.id())?;
    drop(kiosk);
    until("the display to be empty again", async || Ok((display.picture()? == empty).then_some(()))).await?;
    Ok((first_frame.as_secs_f64() * 1000.0, pss))
}

/// A sample of the display's pixels differs in many places, and shows several colours there.
fn painted(empty: &[u8], now: &[u8]) -> bool {
    let changed: Vec<&[u8]> =
        empty.chunks(4).zip(now.chunks(4)).filter(|(before, after)| before != after).map(|(_, after)| after).collect();
    let colours: std::collections::HashSet<&[u8]> = changed.iter().copied().collect();
    changed.len() * 4 * 2 > now.len() && colours.len() > 8
}

/// Memory in MiB, shared pages counted by their share.
fn pss_mib(process: u32) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("the process has no memory figures")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1024.0)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// An X server without a screen; its frame buffer is a file.
#[derive(Debug)]
struct Display {
    name: String,
    buffer: PathBuf,
    _server: Program,
}

impl Display {
    async fn start(folder: &Path) -> Result<Self> {
        let buffer = folder.join("Xvfb_screen0");
        let logs = folder.join("logs");
        let server = Program::start_at(Path::new("/usr/bin/Xvfb"), "xvfb", &logs, |command| {
            command.args(["-displayfd", "1", "-screen", "0", &format!("{WIDTH}x{HEIGHT}x24"), "-nolisten", "tcp"]);
            command.arg("-fbdir").arg(folder);
        })?;
        let number = until("Xvfb's display number", async || {
            let said = std::fs::read_to_string(logs.join("xvfb.log"))?;
            Ok(said.lines().find_map(|line| line.trim().parse::<u32>().ok()))
        })
        .await?;
        Ok(Display { name: format!(":{number}"), buffer, _server: server })
    }

    /// Every 97th pixel of the frame buffer. The file begins with an XWD header, whose first word is its length.
    fn picture(&self) -> Result<Vec<u8>> {
        let file = File::open(&self.buffer)?;
        let mut word = [0; 4];
        file.read_exact_at(&mut word, 0)?;
        let header = u64::from(u32::from_be_bytes(word));
        let mut colours = [0; 4];
        file.read_exact_at(&mut colours, 76)?;
        let start = header + u64::from(u32::from_be_bytes(colours)) * 12;
        let mut pixels = vec![0; WIDTH * HEIGHT * 4];
        file.read_exact_at(&mut pixels, start)?;
        Ok(pixels.chunks(4).step_by(97).flatten().copied().collect())
    }
}
