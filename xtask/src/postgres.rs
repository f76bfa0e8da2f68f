//! A throw-away PostgreSQL cluster for the storage tests.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::shell::{Failure, failed, output};

/// A running cluster in a folder of its own; stopped and removed when dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    folder: PathBuf,
    port: u16,
    server: Child,
}

/// PostgreSQL refuses to run as root; there it runs as the user that its Debian package makes.
#[derive(Debug, Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Cluster {
    pub(crate) fn start() -> Result<Self, Failure> {
        let programs = programs()?;
        let owner = owner()?;
        let folder = std::env::temp_dir().join(format!("hall-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(failed("no folder for PostgreSQL"))?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
            .map_err(failed("no folder for PostgreSQL"))?;
        if let Some(owner) = owner {
            chown(&folder, Some(owner.user), Some(owner.group)).map_err(failed("no folder for PostgreSQL"))?;
        }
        let data = folder.join("data");
        output(owned(&programs.join("initdb"), owner, &folder).arg("--pgdata").arg(&data).args([
            "--username=hall",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]))?;
        let port = free_port()?;
        let mut server = owned(&programs.join("postgres"), owner, &folder)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .args(["-c", "max_connections=200", "-c", "lc_messages=C", "-c", "logging_collector=off"])
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed("PostgreSQL cannot be started"))?;
        let Some(log) = server.stderr.take() else {
            return Err(Failure("PostgreSQL has no log".into()));
        };
        let cluster = Cluster { folder, port, server };
        await_ready(BufReader::new(log))?;
        Ok(cluster)
    }

    /// The address of its default database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://hall@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nothing in it is worth a clean end: the folder goes with it.
        if let Err(cause) = self.server.kill().and_then(|()| self.server.wait().map(drop)) {
            eprintln!("PostgreSQL cannot be stopped: {cause}");
        }
        if let Err(cause) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} cannot be removed: {cause}", self.folder.display());
        }
    }
}

/// Reads the log until the server says that it answers, and goes on reading it so that the pipe never fills.
fn await_ready(log: impl BufRead + Send + 'static) -> Result<(), Failure> {
    let mut lines = log.lines();
    let mut said = Vec::new();
    for line in lines.by_ref() {
        let line = line.map_err(failed("PostgreSQL's log cannot be read"))?;
        if line.contains("database system is ready to accept connections") {
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(());
        }
        said.push(line);
    }
    Err(Failure(format!("PostgreSQL did not start:\n{}", said.join("\n"))))
}

/// The newest installed server's programs.
fn programs() -> Result<PathBuf, Failure> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .map_err(failed("PostgreSQL is not installed"))?
        .flatten()
        .filter_map(|folder| {
            let version = folder.file_name().to_string_lossy().parse().ok()?;
            let programs = folder.path().join("bin");
            programs.join("initdb").exists().then_some((version, programs))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs).ok_or_else(|| Failure("PostgreSQL's server is not installed".into()))
}

fn owner() -> Result<Option<Owner>, Failure> {
    if output(Command::new("id").arg("-u"))?.trim() != "0" {
        return Ok(None);
    }
    let number = |flag: &str| -> Result<u32, Failure> {
        output(Command::new("id").args([flag, "postgres"]))?.trim().parse().map_err(failed("`id` gave no number"))
    };
    Ok(Some(Owner { user: number("-u")?, group: number("-g")? }))
}

fn owned(program: &Path, owner: Option<Owner>, folder: &Path) -> Command {
    // The death signal ends it with us, however we end.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program).current_dir(folder);
    if let Some(owner) = owner {
        command.uid(owner.user).gid(owner.group);
    }
    command
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed("no free port"))?;
    listener.local_addr().map(|address| address.port()).map_err(failed("no free port"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::Cluster;

    #[test]
    fn a_cluster_answers_while_it_is_held_and_leaves_nothing_behind() {
        let cluster = Cluster::start().unwrap();
        let (folder, port) = (cluster.folder.clone(), cluster.port);
        TcpStream::connect(("127.0.0.1", port)).unwrap();
        drop(cluster);
        assert!(!folder.exists());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the server is still there");
    }
}
