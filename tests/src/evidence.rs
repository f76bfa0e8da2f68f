//! What a day leaves behind: a transcript, pictures and papers, and a check that none is missing.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::Result;

/// The folder of evidence and the transcript that grows in it.
#[derive(Debug)]
pub struct Evidence {
    folder: PathBuf,
    transcript: String,
    steps: usize,
    files: Vec<(String, u64)>,
    started: Instant,
}

/// No screenshot and no ticket is smaller; an empty picture is.
const LEAST_BYTES: u64 = 200;

impl Evidence {
    /// Begins a transcript. Files of an earlier day with the same names are overwritten, and others are left alone.
    pub fn new(folder: &Path, title: &str) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let transcript = format!("# {title}\n\n");
        let evidence =
            Evidence { folder: folder.to_owned(), transcript, steps: 0, files: Vec::new(), started: Instant::now() };
        evidence.save()?;
        Ok(evidence)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tells a step and what shows that it happened.
    pub fn step(&mut self, happened: &str, shown_by: &str) -> Result<()> {
        self.steps += 1;
        let at = self.started.elapsed().as_secs_f32();
        println!("{:>3}. {happened}\n     {shown_by}   [{at:.1} s]", self.steps);
        writeln!(self.transcript, "{}. **{happened}**  \n   {shown_by} ({at:.1} s)", self.steps)?;
        self.save()
    }

    /// Where the evidence of this name goes. It must be there at the end, and newly made.
    pub fn file(&mut self, name: &str) -> PathBuf {
        self.files.push((name.to_owned(), LEAST_BYTES));
        let path = self.folder.join(name);
        if path.exists() && std::fs::remove_file(&path).is_err() {
            eprintln!("{} is of an earlier day and cannot be removed", path.display());
        }
        path
    }

    /// Ends the transcript; fails and names what is missing if a promised file is not there or is empty.
    pub fn close(mut self, steps: usize) -> Result<()> {
        let missing: Vec<String> = self
            .files
            .iter()
            .filter(|(name, least)| !std::fs::metadata(self.folder.join(name)).is_ok_and(|about| about.len() >= *least))
            .map(|(name, _)| name.clone())
            .collect();
        self.transcript.push_str("\n## Evidence\n\n");
        for (name, _) in &self.files {
            let mark = if missing.contains(name) { "MISSING" } else { "" };
            if name.ends_with(".png") {
                writeln!(self.transcript, "![{name}]({name}) {mark}\n")?;
            } else {
                writeln!(self.transcript, "[{name}]({name}) {mark}\n")?;
            }
        }
        self.save()?;
        if !missing.is_empty() {
            return Err(format!("evidence is missing: {}", missing.join(", ")).into());
        }
        if self.steps < steps {
            return Err(format!("only {} of {steps} steps left evidence", self.steps).into());
        }
        println!("\n{} steps held; {} pieces of evidence in {}", self.steps, self.files.len(), self.folder.display());
        Ok(())
    }

    fn save(&self) -> Result<()> {
        Ok(std::fs::write(self.folder.join("transcript.md"), &self.transcript)?)
    }
}
