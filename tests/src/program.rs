//! A running program of the hall, with its log, ended when dropped.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use crate::until::until;
use crate::{Result, programs};

#[derive(Debug)]
pub struct Program {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Program {
    /// Starts one of our own programs; what it says goes to `logs/NAME.log`.
    pub fn start(program: &str, name: &str, logs: &Path, with: impl FnOnce(&mut Command)) -> Result<Self> {
        let path = programs()?.join(program);
        if !path.exists() {
            return Err(format!("{} is not built; `cargo xtask test` builds everything", path.display()).into());
        }
        Self::start_at(&path, name, logs, with)
    }

    /// Starts any program.
    pub fn start_at(path: &Path, name: &str, logs: &Path, with: impl FnOnce(&mut Command)) -> Result<Self> {
        std::fs::create_dir_all(logs)?;
        let log = logs.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        // However we end, the program ends with us.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(path);
        command.stdin(std::process::Stdio::null()).stdout(file.try_clone()?).stderr(file);
        with(&mut command);
        let child = command.spawn().map_err(|cause| format!("{} cannot be started: {cause}", path.display()))?;
        Ok(Program { name: name.to_owned(), log, child })
    }

    /// The processor time that it has used on all cores. Beside other work it says more than the clock on the wall.
    pub fn processor_time(&self) -> Result<Duration> {
        // Fields are counted from the name's closing bracket, since a name may hold spaces (proc(5)); in hundredths of a second.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat.rsplit_once(')').ok_or("a process without a name")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let [user, system] = [11, 12].map(|place| fields.get(place).and_then(|ticks| ticks.parse::<u64>().ok()));
        Ok(Duration::from_millis(10 * (user.ok_or("no user time")? + system.ok_or("no system time")?)))
    }

    /// Waits for a line of the log that holds `text`, and gives it.
    pub async fn says(&mut self, text: &str) -> Result<String> {
        let awaited = format!("{} to say “{text}”", self.name);
        let log = self.log.clone();
        until(&awaited, async || {
            self.check()?;
            let said = std::fs::read_to_string(&log)?;
            Ok(said.lines().rev().find(|line| line.contains(text)).map(str::to_owned))
        })
        .await
    }

    /// Fails with the end of its log if it has ended.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => {
                let said = std::fs::read_to_string(&self.log).unwrap_or_default();
                let lines: Vec<&str> = said.lines().collect();
                let end = lines[lines.len().saturating_sub(12)..].join("\n");
                Err(format!("{} has ended ({status}):\n{end}", self.name).into())
            }
        }
    }

    /// Everything it has said so far.
    pub fn said(&self) -> Result<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Waits until it ends by itself, or forever.
    pub fn wait(&mut self) -> Result<()> {
        self.child.wait()?;
        Ok(())
    }

    /// Waits until it ends by itself, and fails with the end of its log unless it succeeds.
    pub fn succeeds(&mut self) -> Result<()> {
        if self.child.wait()?.success() { Ok(()) } else { self.check() }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Err(cause) = self.kill() {
            eprintln!("{} cannot be stopped: {cause}", self.name);
        }
    }
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
