//! Notices (文书) as PDF: handed to the system's printing command, one after the other, or to a viewer. Files lie in a folder that only
//! this user can read: a notice names a person.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::config;
use crate::controllers::issued::{Sheet, SheetTrouble, Way};

use super::{DeviceNews, Sink};

/// A printing command that has not ended after this long is stopped.
const LONGEST: Duration = Duration::from_secs(60);
/// How often a running command is looked at.
const PERIOD: Duration = Duration::from_millis(50);
/// A viewer that ends with an error within this time could not show the notice; later, somebody has closed it.
const OPENING: Duration = Duration::from_secs(5);
/// How much of what a command said goes into the log, in bytes.
const SAID: u64 = 2000;

#[derive(Debug)]
enum Job {
    Put(Sheet),
    Clear,
}

/// The thread's end at the desk. Dropping it ends the thread, which removes its files.
#[derive(Debug)]
pub(super) struct Sheets {
    jobs: mpsc::Sender<Job>,
}

impl Sheets {
    pub(super) fn start(printer: Option<config::PaperPrinter>, viewer: String, sink: Sink) -> Self {
        let (jobs, inbox) = mpsc::channel();
        let started = thread::Builder::new().name("notices".to_owned()).spawn(move || {
            let mut folder = None;
            for job in inbox {
                match job {
                    Job::Clear => folder = None,
                    Job::Put(sheet) => put(&sheet, &mut folder, printer.as_ref(), &viewer, &sink),
                }
            }
        });
        if let Err(cause) = started {
            tracing::error!(%cause, "no thread for notices");
        }
        Sheets { jobs }
    }

    pub(super) fn put(&self, sheet: Sheet) {
        self.send(Job::Put(sheet));
    }

    /// Removes what viewers were given.
    pub(super) fn clear(&self) {
        self.send(Job::Clear);
    }

    fn send(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the notices' thread has ended");
        }
    }
}

fn put(sheet: &Sheet, folder: &mut Option<Private>, printer: Option<&config::PaperPrinter>, viewer: &str, sink: &Sink) {
    let outcome = match (sheet.way, printer) {
        (Way::Printer, Some(printer)) => print(sheet, folder, printer),
        (Way::Screen, _) if !viewer.is_empty() => return show(sheet, folder, viewer, sink),
        _ => Err(SheetTrouble::NotSetUp),
    };
    sink(DeviceNews::PutOut { id: sheet.id.clone(), way: sheet.way, outcome });
}

fn print(sheet: &Sheet, folder: &mut Option<Private>, printer: &config::PaperPrinter) -> Result<(), SheetTrouble> {
    let path = write(sheet, folder)?;
    let (words, reads) = printer.command(&path.to_string_lossy());
    let outcome = run(&words, &path, reads);
    // What is printed stays nowhere longer than it is needed.
    remove(&path);
    outcome
}

/// Runs the printing command to its end.
fn run(words: &[String], path: &Path, reads: bool) -> Result<(), SheetTrouble> {
    let Some((program, arguments)) = words.split_first() else { return Err(SheetTrouble::NotSetUp) };
    let input = if reads { Stdio::from(File::open(path).map_err(|cause| no_room(&cause))?) } else { Stdio::null() };
    let mut running = Running::start(program, arguments, input, path)?;
    match running.wait(LONGEST) {
        Some(status) => running.judge(status),
        None => {
            running.stop();
            Err(SheetTrouble::TooLong)
        }
    }
}

/// Starts the viewer. It may stay open for hours: a thread of its own waits for its end.
fn show(sheet: &Sheet, folder: &mut Option<Private>, viewer: &str, sink: &Sink) {
    let (id, sink) = (sheet.id.clone(), sink.clone());
    let news = move |outcome| sink(DeviceNews::PutOut { id: id.clone(), way: Way::Screen, outcome });
    let opened =
        write(sheet, folder).and_then(|path| Running::start(viewer, &[path.as_os_str()], Stdio::null(), &path));
    let mut running = match opened {
        Ok(running) => running,
        Err(trouble) => return news(Err(trouble)),
    };
    let waiting = thread::Builder::new().name("viewer".to_owned()).spawn(move || match running.wait(OPENING) {
        Some(status) => news(running.judge(status)),
        None => {
            news(Ok(()));
            running.outlive();
        }
    });
    if let Err(cause) = waiting {
        tracing::error!(%cause, "no thread for the viewer");
    }
}

/// A command that was given a notice.
struct Running {
    program: String,
    child: Child,
    /// What it says, in a file: nobody has to read it meanwhile.
    said: PathBuf,
}

impl Running {
    fn start<S: AsRef<OsStr>>(
        program: &str,
        arguments: &[S],
        input: Stdio,
        notice: &Path,
    ) -> Result<Self, SheetTrouble> {
        let said = notice.with_extension("said");
        let saying = File::create(&said).map_err(|cause| no_room(&cause))?;
        let child = Command::new(program).args(arguments).stdin(input).stdout(Stdio::null()).stderr(saying).spawn();
        let child = child.map_err(|cause| {
            tracing::warn!(%cause, program, "a command for notices cannot be started");
            SheetTrouble::NotStarted
        })?;
        Ok(Running { program: program.to_owned(), child, said })
    }

    /// Its end, where it comes in time.
    fn wait(&mut self, longest: Duration) -> Option<ExitStatus> {
        let mut waited = Duration::ZERO;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if waited < longest => {
                    thread::sleep(PERIOD);
                    waited += PERIOD;
                }
                Ok(None) => return None,
                Err(cause) => {
                    tracing::warn!(%cause, program = self.program, "a command for notices is lost");
                    return None;
                }
            }
        }
    }

    fn judge(&self, status: ExitStatus) -> Result<(), SheetTrouble> {
        if status.success() {
            return Ok(());
        }
        let mut said = String::new();
        if let Err(cause) = File::open(&self.said).and_then(|file| file.take(SAID).read_to_string(&mut said)) {
            tracing::debug!(%cause, "what a command said is lost");
        }
        tracing::warn!(program = self.program, %status, said, "a command for notices failed");
        Err(SheetTrouble::Failed)
    }

    fn stop(&mut self) {
        tracing::warn!(program = self.program, seconds = LONGEST.as_secs(), "a printing command did not end");
        if let Err(cause) = self.child.kill().and_then(|()| self.child.wait()) {
            tracing::warn!(%cause, program = self.program, "a printing command cannot be stopped");
        }
    }

    fn outlive(&mut self) {
        if let Err(cause) = self.child.wait() {
            tracing::warn!(%cause, program = self.program, "a viewer is lost");
        }
    }
}

/// Writes the PDF into the private folder, which is made where it is not there.
fn write(sheet: &Sheet, folder: &mut Option<Private>) -> Result<PathBuf, SheetTrouble> {
    let home = match folder {
        Some(folder) => folder,
        None => folder.insert(Private::make(&std::env::temp_dir()).map_err(|cause| no_room(&cause))?),
    };
    // The number is the server's; what could name another folder does not.
    let case_no: String =
        sheet.id.case_no.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let path = home.0.join(format!("{case_no}-{:02}.pdf", sheet.id.serial));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(&sheet.pdf));
    written.map(|()| path).map_err(|cause| no_room(&cause))
}

fn no_room(cause: &io::Error) -> SheetTrouble {
    tracing::warn!(%cause, "a notice cannot be written to this computer's disk");
    SheetTrouble::NoRoom
}

fn remove(path: &Path) {
    for file in [path.to_owned(), path.with_extension("said")] {
        match fs::remove_file(&file) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%cause, file = %file.display(), "a printed notice stays on the disk");
            }
            _ => {}
        }
    }
}

/// A folder of this desk alone; it goes when it is dropped.
#[derive(Debug)]
struct Private(PathBuf);

impl Private {
    fn make(under: &Path) -> io::Result<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = under.join(format!("hall-notices-{name}"));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Private(path))
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Err(cause) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%cause, folder = %self.0.display(), "notices stay on the disk");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::controllers::issued::NoticeId;

    use super::*;

    const PDF: &[u8] = b"%PDF-1.7 a notice";

    /// What becomes of a notice at a printer with this command.
    fn printed(command: &[&str]) -> Result<(), SheetTrouble> {
        let words = command.iter().map(|word| (*word).to_owned()).collect();
        put_out(Way::Printer, Some(config::PaperPrinter { command: Some(words), ..Default::default() }), "")
    }

    fn put_out(way: Way, printer: Option<config::PaperPrinter>, viewer: &str) -> Result<(), SheetTrouble> {
        let (told, news) = mpsc::channel();
        let sink: Sink = Arc::new(move |news| told.send(news).unwrap());
        let sheets = Sheets::start(printer, viewer.to_owned(), sink);
        let id = NoticeId { case_no: "FT-1/../x".to_owned(), serial: 2 };
        sheets.put(Sheet { id: id.clone(), way, pdf: PDF.to_vec() });
        let Ok(DeviceNews::PutOut { id: about, outcome, .. }) = news.recv() else { panic!("no news") };
        assert_eq!(about, id);
        outcome
    }

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn a_notice_reaches_the_command_as_a_file_or_on_its_standard_input() {
        let folder = Folder::new("sheets");
        let into = folder.0.to_str().unwrap();
        assert_eq!(printed(&["cp", "{file}", into]), Ok(()));
        assert_eq!(fs::read(folder.0.join("FT-1____x-02.pdf")).unwrap(), PDF);
        let other = folder.0.join("other");
        assert_eq!(printed(&["dd", "status=none", &format!("of={}", other.display())]), Ok(()));
        assert_eq!(fs::read(other).unwrap(), PDF);
    }

    #[test]
    fn a_command_that_fails_or_is_not_there_is_told_apart() {
        assert_eq!(printed(&["false", "{file}"]), Err(SheetTrouble::Failed));
        assert_eq!(printed(&["/nowhere/lp", "{file}"]), Err(SheetTrouble::NotStarted));
        assert_eq!(put_out(Way::Printer, None, "true"), Err(SheetTrouble::NotSetUp));
        assert_eq!(put_out(Way::Screen, None, ""), Err(SheetTrouble::NotSetUp));
        assert_eq!(put_out(Way::Screen, None, "false"), Err(SheetTrouble::Failed));
        assert_eq!(put_out(Way::Screen, None, "true"), Ok(()));
    }

    #[test]
    fn a_command_that_says_much_is_not_held_up() {
        let script = "head -c 300000 /dev/zero >&2; cat \"$0\" >/dev/null";
        assert_eq!(printed(&["sh", "-c", script, "{file}"]), Ok(()));
    }

    #[test]
    fn nobody_else_reads_what_lies_on_the_disk_and_it_goes_with_its_person() {
        use std::os::unix::fs::PermissionsExt as _;
        let under = Folder::new("private");
        let private = Private::make(&under.0).unwrap();
        let path = private.0.clone();
        let mut folder = Some(private);
        let id = NoticeId { case_no: "FT-1".to_owned(), serial: 1 };
        let file = write(&Sheet { id, way: Way::Screen, pdf: PDF.to_vec() }, &mut folder).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&file)), (0o700, 0o600));
        drop(folder);
        assert!(!path.exists());
    }
}
