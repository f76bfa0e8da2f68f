//! The key pair that signs heads and dossiers: Ed25519 (RFC 8032), or SM2 with SM3 (GM/T 0003.2, GM/T 0009).
//!
//! Files are PKCS#8 and SubjectPublicKeyInfo in PEM, signatures are what `openssl pkeyutl` reads, so that whoever verifies
//! needs no program of ours.

use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sm2::dsa::signature::{Signer, Verifier};

/// The signer's name that SM2 mixes into what is signed, where nothing else is agreed (GM/T 0009, section 10).
const SM2_NAME: &str = "1234567812345678";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum Algorithm {
    #[serde(rename = "ed25519")]
    #[value(name = "ed25519")]
    Ed25519,
    /// 商用密码.
    #[serde(rename = "sm2-sm3")]
    #[value(name = "sm2")]
    Sm2,
}

impl Algorithm {
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Ed25519 => "ed25519",
            Algorithm::Sm2 => "sm2-sm3",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("no key could be made: the system gives no random numbers")]
    Random(#[from] getrandom::Error),
    #[error("{0} is there already; a key is never replaced")]
    Exists(PathBuf),
    #[error("{path} could not be {done}")]
    File { path: PathBuf, done: &'static str, source: std::io::Error },
    #[error("{0} can be read by others than its owner: its mode must be 600")]
    Open(PathBuf),
    #[error("{0} holds no private key of Ed25519 or SM2 (PKCS#8, PEM)")]
    NotPrivate(PathBuf),
    #[error("{0} holds no public key of Ed25519 or SM2 (SubjectPublicKeyInfo, PEM)")]
    NotPublic(PathBuf),
    #[error("the key could not be used")]
    Unusable,
}

/// A private key with its public one.
pub struct Key {
    private: Private,
    public: PublicKey,
}

enum Private {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("public", &self.public.fingerprint).finish_non_exhaustive()
    }
}

impl Key {
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        loop {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret)?;
            match algorithm {
                Algorithm::Ed25519 => return Self::ed25519(ed25519_dalek::SigningKey::from_bytes(&secret)),
                // A number that is no scalar of the curve is as rare as a guessed key; another is drawn.
                Algorithm::Sm2 => match sm2::SecretKey::from_slice(&secret) {
                    Ok(secret) => return Self::sm2(&secret),
                    Err(_) => continue,
                },
            }
        }
    }

    fn ed25519(private: ed25519_dalek::SigningKey) -> Result<Self, KeyError> {
        let public = PublicKey::new(Public::Ed25519(private.verifying_key()))?;
        Ok(Key { private: Private::Ed25519(Box::new(private)), public })
    }

    fn sm2(secret: &sm2::SecretKey) -> Result<Self, KeyError> {
        let private = sm2::dsa::SigningKey::new(SM2_NAME, secret).map_err(|_| KeyError::Unusable)?;
        let public = PublicKey::new(Public::Sm2(Box::new(private.verifying_key().clone())))?;
        Ok(Key { private: Private::Sm2(Box::new(private)), public })
    }

    /// Reads a private key that only its owner can read.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        use std::os::unix::fs::PermissionsExt;
        let failed = |source| KeyError::File { path: path.to_owned(), done: "read", source };
        if std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Open(path.to_owned()));
        }
        let pem = std::fs::read_to_string(path).map_err(failed)?;
        if let Ok(private) = ed25519_dalek::SigningKey::from_pkcs8_pem(&pem) {
            return Self::ed25519(private);
        }
        let secret = sm2::SecretKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::NotPrivate(path.to_owned()))?;
        Self::sm2(&secret)
    }

    /// Writes a new private key, mode 0600, and its public key beside it; returns the public key's file.
    pub fn write(&self, path: &Path) -> Result<PathBuf, KeyError> {
        let mut public = path.as_os_str().to_owned();
        public.push(".pub");
        let public = PathBuf::from(public);
        let pem = match &self.private {
            // Without the public key inside (PKCS#8 version 1), since OpenSSL before 3.2 reads nothing else.
            Private::Ed25519(private) => {
                KeypairBytes { secret_key: private.to_bytes(), public_key: None }.to_pkcs8_pem(LineEnding::LF)
            }
            Private::Sm2(private) => sm2::SecretKey::from(private.as_nonzero_scalar()).to_pkcs8_pem(LineEnding::LF),
        };
        let pem = pem.map_err(|_| KeyError::Unusable)?;
        new_file(&public, 0o644, self.public.pem.as_bytes())?;
        new_file(path, 0o600, pem.as_bytes()).inspect_err(|_| _ = std::fs::remove_file(&public))?;
        Ok(public)
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Ed25519: 64 bytes. SM2: a DER sequence of two numbers.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.private {
            Private::Ed25519(private) => private.sign(message).to_bytes().to_vec(),
            Private::Sm2(private) => {
                let signature: sm2::dsa::Signature = private.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
        }
    }
}

fn new_file(path: &Path, mode: u32, content: &[u8]) -> Result<(), KeyError> {
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let failed = |source| KeyError::File { path: path.to_owned(), done: "written", source };
    let mut file = match opened {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(KeyError::Exists(path.to_owned()));
        }
        other => other.map_err(failed)?,
    };
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)
}

/// A public key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    public: Public,
    /// SHA-256 of the key as DER, in hexadecimal: what people compare.
    pub fingerprint: String,
    pub pem: String,
}

#[derive(Debug, Clone)]
enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    Sm2(Box<sm2::dsa::VerifyingKey>),
}

impl PublicKey {
    fn new(public: Public) -> Result<Self, KeyError> {
        let der = match &public {
            Public::Ed25519(key) => key.to_public_key_der(),
            Public::Sm2(key) => sm2::PublicKey::from(key.as_ref()).to_public_key_der(),
        };
        let der = der.map_err(|_| KeyError::Unusable)?;
        let pem = der.to_pem("PUBLIC KEY", LineEnding::LF).map_err(|_| KeyError::Unusable)?;
        Ok(PublicKey { public, fingerprint: crate::hex(&Sha256::digest(der.as_bytes())), pem })
    }

    /// From PEM; `None` where it is no key of ours.
    pub fn parse(pem: &str) -> Option<Self> {
        let public = match ed25519_dalek::VerifyingKey::from_public_key_pem(pem) {
            Ok(key) => Public::Ed25519(key),
            Err(_) => {
                let key = sm2::PublicKey::from_public_key_pem(pem).ok()?;
                Public::Sm2(Box::new(sm2::dsa::VerifyingKey::new(SM2_NAME, key).ok()?))
            }
        };
        PublicKey::new(public).ok()
    }

    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let pem = std::fs::read_to_string(path).map_err(|source| KeyError::File {
            path: path.to_owned(),
            done: "read",
            source,
        })?;
        Self::parse(&pem).ok_or_else(|| KeyError::NotPublic(path.to_owned()))
    }

    pub fn algorithm(&self) -> Algorithm {
        match self.public {
            Public::Ed25519(_) => Algorithm::Ed25519,
            Public::Sm2(_) => Algorithm::Sm2,
        }
    }

    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Public::Sm2(key) => {
                sm2::dsa::Signature::from_der(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_and_read_signs_what_its_public_key_verifies() {
        let folder = tempfile::tempdir().unwrap();
        for algorithm in [Algorithm::Ed25519, Algorithm::Sm2] {
            let path = folder.path().join(algorithm.as_str());
            let made = Key::generate(algorithm).unwrap();
            let public = PublicKey::read(&made.write(&path).unwrap()).unwrap();
            let key = Key::read(&path).unwrap();
            assert_eq!((key.public().algorithm(), &key.public().pem), (algorithm, &public.pem));
            let signature = key.sign(b"head");
            assert!(public.verifies(b"head", &signature));
            assert!(!public.verifies(b"heat", &signature));
            for place in 0..signature.len() {
                let mut changed = signature.clone();
                changed[place] ^= 1;
                assert!(!public.verifies(b"head", &changed), "{algorithm:?}, byte {place}");
            }
            assert!(!Key::generate(algorithm).unwrap().public().verifies(b"head", &signature));
            assert!(matches!(made.write(&path), Err(KeyError::Exists(_))));
        }
    }

    #[test]
    fn a_private_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let public = Key::generate(Algorithm::Ed25519).unwrap().write(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Key::read(&path), Err(KeyError::Open(_))));
        std::fs::set_permissions(&public, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(Key::read(&public), Err(KeyError::NotPrivate(_))));
    }
}
