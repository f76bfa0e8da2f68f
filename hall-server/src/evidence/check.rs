//! A dossier verified without the database: every byte of it counts.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::archive::{Archive, Hashing};
use super::dossier::{
    CASE, EVENTS, HEAD, HEAD_SIGNATURE, MANIFEST, Manifest, PROOF, PUBLIC_KEY, README, SEAL, is_good_path,
};
use super::head::{HeadError, SignedHead};
use super::keys::PublicKey;
use super::proof::Proof;

/// The entries that are read into memory, and how large one may be.
const READ: [&str; 8] = [CASE, EVENTS, PROOF, HEAD, HEAD_SIGNATURE, PUBLIC_KEY, MANIFEST, SEAL];
const LARGEST: u64 = 256 * 1024 * 1024;

/// Why a dossier does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("this is no ZIP archive, or its directory was changed: {0}")]
    NoZip(String),
    #[error("{path} cannot be read: {what}")]
    Unreadable { path: String, what: String },
    #[error("{path} is missing")]
    Missing { path: String },
    #[error("{path} does not belong to the dossier")]
    Extra { path: String },
    #[error("{path} was changed: its SHA-256 is not the manifest's")]
    Changed { path: String },
    #[error("manifest.json or manifest.sig was changed: the signature does not fit")]
    Seal,
    #[error("public-key.pem is not the key that signed: {0}")]
    Key(String),
    #[error("{path} is not what a dossier holds: {what}")]
    Content { path: &'static str, what: String },
    #[error("head.json: {0}")]
    Head(HeadError),
    #[error("events.jsonl, line {line}: {what}")]
    Event { line: usize, what: String },
    #[error("event {turn} of hall {hall} does not belong to the chain that head.json was signed over")]
    Proof { hall: String, turn: i64 },
    #[error("{path}: the manifest says that an event names it, but none does")]
    NotNamed { path: String },
    #[error("the archive around {place} was changed, at byte {at}")]
    Archive { place: String, at: u64 },
    #[error("the dossier could not be read")]
    Io(#[from] io::Error),
}

/// What a dossier that holds shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    pub case_no: String,
    pub events: usize,
    /// How many of them came after the head.
    pub later: usize,
    pub head: i64,
    pub head_hash: String,
    pub files: usize,
    /// How many of the files an event names by their digest.
    pub named: usize,
    pub key: String,
    /// Whether the key was given from elsewhere.
    pub key_given: bool,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proven = self.events - self.later;
        writeln!(f, "case {}: the dossier is whole", self.case_no)?;
        writeln!(f, "{proven} events belong to the chain of signed head {} ({})", self.head, self.head_hash)?;
        if self.later > 0 {
            writeln!(f, "{} later events are vouched for by the dossier's own signature alone", self.later)?;
        }
        writeln!(f, "{} files, {} of them named by the case's events", self.files, self.named)?;
        write!(f, "signed by key {}", self.key)?;
        if !self.key_given {
            write!(f, "\nthe key is the dossier's own: compare it with the one that is published (--public-key)")?;
        }
        Ok(())
    }
}

/// An entry as it was found.
struct Found {
    path: String,
    sha256: String,
    size: u64,
    start: u64,
}

/// What is looked into, by entry.
type Contents = BTreeMap<String, Vec<u8>>;

/// Verifies a dossier, with the server's public key where one is given; else with the key in it.
pub fn check<R: Read + Seek>(file: R, given: Option<&PublicKey>) -> Result<Findings, Fault> {
    let mut zip = ZipArchive::new(file).map_err(|e| Fault::NoZip(e.to_string()))?;
    let (found, contents) = read(&mut zip)?;
    let content = |path: &'static str| {
        contents.get(path).map(Vec::as_slice).ok_or_else(|| Fault::Missing { path: path.to_owned() })
    };
    let key = key(content(PUBLIC_KEY)?, given)?;
    // The seal first: what the manifest says of the others can then be believed.
    let text = content(MANIFEST)?;
    if !key.verifies(text, content(SEAL)?) {
        return Err(Fault::Seal);
    }
    let manifest: Manifest = canonical(MANIFEST, text)?;
    entries(&manifest, &found)?;
    let head = head(content(HEAD)?, content(HEAD_SIGNATURE)?, &key, &manifest)?;
    let proof: Proof = canonical(PROOF, content(PROOF)?)?;
    let events = own_events(content(EVENTS)?, &manifest.case_no)?;
    proven(&events, &proof, &head)?;
    case(content(CASE)?, &manifest.case_no)?;
    let named = named(&manifest, &events)?;
    around(zip, &found)?;
    Ok(Findings {
        case_no: manifest.case_no,
        events: events.len(),
        later: proof.later.len(),
        head: head.head.sequence,
        head_hash: head.hash(),
        files: found.iter().filter(|entry| is_good_path(&entry.path)).count(),
        named,
        key: key.fingerprint,
        key_given: given.is_some(),
    })
}

/// Reads every entry to its end, and keeps what must be looked into.
fn read<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<(Vec<Found>, Contents), Fault> {
    let mut found: Vec<Found> = Vec::with_capacity(zip.len());
    let mut contents = BTreeMap::new();
    for place in 0..zip.len() {
        let path = zip.name_for_index(place).transpose().map_err(|e| Fault::NoZip(e.to_string()))?;
        let path = path.unwrap_or_default().into_owned();
        let unreadable = |what: String| Fault::Unreadable { path: path.clone(), what };
        let mut entry = zip.by_index(place).map_err(|e| unreadable(e.to_string()))?;
        let start = entry.header_start();
        let mut kept = Vec::new();
        let keep = READ.contains(&path.as_str());
        if keep && entry.size() > LARGEST {
            return Err(unreadable("it is too large".to_owned()));
        }
        let (digest, size) = if keep { hashed(&mut entry, &mut kept) } else { hashed(&mut entry, io::sink()) }
            .map_err(|e| unreadable(e.to_string()))?;
        drop(entry);
        if found.iter().any(|other| other.path == path) {
            return Err(Fault::Extra { path });
        }
        found.push(Found { path: path.clone(), sha256: digest, size, start });
        if keep {
            contents.insert(path, kept);
        }
    }
    Ok((found, contents))
}

fn hashed(from: &mut impl Read, to: impl io::Write) -> io::Result<(String, u64)> {
    let mut out = Hashing { out: to, digest: Sha256::new(), size: 0 };
    io::copy(from, &mut out)?;
    Ok((crate::hex(&out.digest.finalize()), out.size))
}

fn key(pem: &[u8], given: Option<&PublicKey>) -> Result<PublicKey, Fault> {
    let inside = std::str::from_utf8(pem).ok().and_then(PublicKey::parse);
    let inside = inside.ok_or_else(|| Fault::Key("it is no public key".to_owned()))?;
    if let Some(given) = given.filter(|given| given.fingerprint != inside.fingerprint) {
        return Err(Fault::Key(format!("it is {}, the one given is {}", inside.fingerprint, given.fingerprint)));
    }
    Ok(inside)
}

/// JSON that must be written the one way in which it can be.
fn canonical<T: DeserializeOwned + Serialize>(path: &'static str, text: &[u8]) -> Result<T, Fault> {
    let wrong = |what: String| Fault::Content { path, what };
    let value: T = serde_json::from_slice(text).map_err(|e| wrong(e.to_string()))?;
    let again = serde_json_canonicalizer::to_vec(&value).map_err(|e| wrong(e.to_string()))?;
    if again == text { Ok(value) } else { Err(wrong("it is not canonical JSON".to_owned())) }
}

/// Exactly the manifest's entries, in its order, then the manifest and its signature.
fn entries(manifest: &Manifest, found: &[Found]) -> Result<(), Fault> {
    for entry in &manifest.entries {
        let there = found.iter().find(|found| found.path == entry.path);
        let there = there.ok_or_else(|| Fault::Missing { path: entry.path.clone() })?;
        if (&there.sha256, there.size) != (&entry.sha256, entry.size) {
            return Err(Fault::Changed { path: entry.path.clone() });
        }
    }
    let own: HashSet<&str> = [README].into_iter().chain(READ).collect();
    let expected = manifest.entries.iter().map(|entry| entry.path.as_str()).chain([MANIFEST, SEAL]);
    let mut places = expected.clone().zip(found);
    if let Some((_, found)) = places.find(|(expected, found)| *expected != found.path) {
        return Err(Fault::Extra { path: found.path.clone() });
    }
    let stranger = found.iter().find(|found| !own.contains(found.path.as_str()) && !is_good_path(&found.path));
    match stranger.or_else(|| found.get(expected.count())) {
        Some(extra) => Err(Fault::Extra { path: extra.path.clone() }),
        None => Ok(()),
    }
}

fn head(text: &[u8], signature: &[u8], key: &PublicKey, manifest: &Manifest) -> Result<SignedHead, Fault> {
    let text = std::str::from_utf8(text).map_err(|_| Fault::Head(HeadError::Text))?;
    let head = SignedHead::parse(text, signature.to_vec()).map_err(Fault::Head)?;
    head.check(std::slice::from_ref(key)).map_err(Fault::Head)?;
    if head.hash() != manifest.head {
        return Err(Fault::Content { path: HEAD, what: "it is not the head that the manifest names".to_owned() });
    }
    Ok(head)
}

/// An event of the case whose hash fits what it says.
struct OwnEvent {
    hall: String,
    turn: i64,
    hash: String,
    text: String,
}

fn own_events(text: &[u8], case_no: &str) -> Result<Vec<OwnEvent>, Fault> {
    let text = std::str::from_utf8(text).map_err(|e| Fault::Content { path: EVENTS, what: e.to_string() })?;
    let mut events = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let wrong = |what: &str| Fault::Event { line: place + 1, what: what.to_owned() };
        let mut event: Value = serde_json::from_str(line).map_err(|e| wrong(&e.to_string()))?;
        let write = |event: &Value| serde_json_canonicalizer::to_string(event).map_err(|e| wrong(&e.to_string()));
        if write(&event)? != line {
            return Err(wrong("it is not canonical JSON"));
        }
        let hash = event.as_object_mut().and_then(|event| event.remove("hash"));
        let hash = hash.as_ref().and_then(Value::as_str).ok_or_else(|| wrong("it has no hash"))?;
        if crate::hex(&Sha256::digest(write(&event)?)) != hash {
            return Err(wrong("its hash does not fit"));
        }
        if ["case", "signal"].iter().all(|what| event["subject"] != format!("{what}:{case_no}")) {
            return Err(wrong("it is not about this case"));
        }
        let (Some(hall), Some(turn)) = (event["hall"].as_str(), event["turn"].as_i64()) else {
            return Err(wrong("it names no hall or turn"));
        };
        events.push(OwnEvent { hall: hall.to_owned(), turn, hash: hash.to_owned(), text: line.to_owned() });
    }
    Ok(events)
}

/// Every event is in its hall's tree, but for those that are said to be later, and are.
fn proven(events: &[OwnEvent], proof: &Proof, head: &SignedHead) -> Result<(), Fault> {
    let wrong = |what: &str| Fault::Content { path: PROOF, what: what.to_owned() };
    if proof.head != head.head.sequence {
        return Err(wrong("it speaks of another head"));
    }
    for chain in &proof.chains {
        let signed = head.of_hall(&chain.hall).ok_or_else(|| wrong("it speaks of a hall that the head does not"))?;
        if (signed.turn, &signed.root) != (chain.size, &chain.root) {
            return Err(wrong("its root is not the one that was signed"));
        }
    }
    for event in events {
        let place = |hall: &str, turn: i64| hall == event.hall && turn == event.turn;
        let is_later = proof.later.iter().any(|later| place(&later.hall, later.turn))
            && head.of_hall(&event.hall).is_none_or(|signed| event.turn > signed.turn);
        let shown = proof.chains.iter().any(|c| c.hall == event.hall && c.shows(event.turn, &event.hash));
        if !is_later && !shown {
            return Err(Fault::Proof { hall: event.hall.clone(), turn: event.turn });
        }
    }
    let spoken_of = proof.chains.iter().map(|chain| chain.events.len()).sum::<usize>() + proof.later.len();
    if spoken_of == events.len() { Ok(()) } else { Err(wrong("it speaks of events that are not there")) }
}

fn case(text: &[u8], case_no: &str) -> Result<(), Fault> {
    let case: Value = canonical(CASE, text)?;
    if case["case_no"] == case_no {
        return Ok(());
    }
    Err(Fault::Content { path: CASE, what: "it is another case".to_owned() })
}

/// How many files are named by an event, each by the one that the manifest says.
fn named(manifest: &Manifest, events: &[OwnEvent]) -> Result<usize, Fault> {
    let mut named = 0;
    for entry in &manifest.entries {
        if let Some(turn) = entry.named_by {
            if !events.iter().any(|event| event.turn == turn && event.text.contains(&entry.sha256)) {
                return Err(Fault::NotNamed { path: entry.path.clone() });
            }
            named += 1;
        }
    }
    Ok(named)
}

/// Makes the archive anew from its entries: what lies around them must be the same too.
fn around<R: Read + Seek>(mut zip: ZipArchive<R>, found: &[Found]) -> Result<(), Fault> {
    let mut again = Archive::new(tempfile::tempfile()?);
    for (place, entry) in found.iter().enumerate() {
        let unreadable = |what: String| Fault::Unreadable { path: entry.path.clone(), what };
        let mut content = zip.by_index(place).map_err(|e| unreadable(e.to_string()))?;
        again.add(&entry.path, &mut content)?;
    }
    let mut again = again.finish()?;
    let directory = zip.central_directory_start();
    let mut file = zip.into_inner();
    file.seek(SeekFrom::Start(0))?;
    again.seek(SeekFrom::Start(0))?;
    let Some(at) = first_difference(io::BufReader::new(file), io::BufReader::new(again))? else { return Ok(()) };
    let entry = found.iter().filter(|entry| entry.start <= at).max_by_key(|entry| entry.start);
    let place = match entry {
        Some(entry) if at < directory => entry.path.clone(),
        _ => "its directory".to_owned(),
    };
    Err(Fault::Archive { place, at })
}

/// Where two streams differ first, their ends included.
fn first_difference(mut a: impl BufRead, mut b: impl BufRead) -> io::Result<Option<u64>> {
    let mut at = 0;
    loop {
        let (left, right) = (a.fill_buf()?, b.fill_buf()?);
        if let Some(place) = left.iter().zip(right).position(|(left, right)| left != right) {
            return Ok(Some(at + place as u64));
        }
        let same = left.len().min(right.len());
        if same == 0 {
            return Ok((left.len() != right.len()).then_some(at));
        }
        a.consume(same);
        b.consume(same);
        at += same as u64;
    }
}
